package dev.freehold.http;

/// Answers one request. Runs on a virtual thread and may block.
@FunctionalInterface
public interface Handler {
  Response handle(Request request);

  /// Whether such a request is handed over before its body has arrived. The handler then reads
  /// [Request#stream] as far as it wants to and answers for every limit by itself.
  default boolean streams(String method, String path) {
    return false;
  }
}
