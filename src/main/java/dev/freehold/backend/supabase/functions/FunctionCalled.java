package dev.freehold.backend.supabase.functions;

import dev.freehold.telemetry.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// A function was called and the call is over.
///
/// @param scope whose it is: an Environment's id
/// @param release the Release that answered, 0 for none
/// @param id names the call in the function's own lines
/// @param path without its query, which may hold secrets
/// @param status what the client saw, 0 when it left before an answer
/// @param cold whether a process was started for it
public record FunctionCalled(
    Instant at,
    String scope,
    int release,
    String function,
    String id,
    String method,
    String path,
    int status,
    Duration took,
    boolean cold)
    implements Event {
  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "[%s] %s %s %s in %.1f ms%s",
        id,
        method,
        path,
        status == 0 ? "client left" : Integer.toString(status),
        took.toNanos() / 1e6,
        cold ? ", cold start" : "");
  }
}
