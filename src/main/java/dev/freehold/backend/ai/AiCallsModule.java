package dev.freehold.backend.ai;

import java.io.IOException;
import java.io.UncheckedIOException;

/// The JavaScript module by which calls of a Vendor's gateway come to ours; for Deno and Node.js.
public final class AiCallsModule {
  /// The name under which it is imported.
  public static final String NAME = "ai-calls.mjs";

  private AiCallsModule() {}

  /// Its text in UTF-8.
  public static byte[] bytes() {
    try (var stream = AiCallsModule.class.getResourceAsStream(NAME)) {
      if (stream == null) {
        throw new IllegalStateException(NAME + " is not in our own jar");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
