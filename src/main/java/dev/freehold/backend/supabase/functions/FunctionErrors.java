package dev.freehold.backend.supabase.functions;

import dev.freehold.http.Response;

/// What callers get when there is no answer of the function itself: status, code and text as
/// Supabase's edge runtime has them, the code in header `sb-error-code` too.
///
/// Sources: Supabase documentation, "Functions: Error codes" and "Status codes"; the Supabase CLI's
/// function server.
final class FunctionErrors {
  static final String CODE_HEADER = "sb-error-code";

  private static final int WORKER_LIMIT_STATUS = 546;

  private FunctionErrors() {}

  static Response notFound() {
    return of(404, "NOT_FOUND", "Requested function was not found");
  }

  static Response bootError() {
    return of(503, "BOOT_ERROR", "Worker failed to boot (please check logs)");
  }

  static Response workerError() {
    return of(500, "WORKER_ERROR", "Function exited due to an error (please check logs)");
  }

  static Response workerLimit() {
    return of(
        WORKER_LIMIT_STATUS,
        "WORKER_LIMIT",
        "Worker failed to respond due to a resource limit (please check logs)");
  }

  static Response timedOut(long seconds) {
    return of(504, "IDLE_TIMEOUT", "The request idle timeout limit (" + seconds + "s) was reached");
  }

  /// More calls than processes can take.
  static Response busy() {
    return of(503, "WORKER_BUSY", "All workers of this function are busy, try again")
        .with("Retry-After", "1");
  }

  static Response unauthorized(String code, String message) {
    return answer(
        401,
        code,
        "{\"code\":\"%s\",\"message\":\"%s\",\"msg\":\"%s\"}".formatted(code, message, message));
  }

  private static Response of(int status, String code, String message) {
    return answer(status, code, "{\"code\":\"%s\",\"message\":\"%s\"}".formatted(code, message));
  }

  /// A browser's client may read why it failed: the function cannot say so itself.
  private static Response answer(int status, String code, String json) {
    return Response.of(status, "application/json", json)
        .with(CODE_HEADER, code)
        .with("Access-Control-Allow-Origin", "*");
  }
}
