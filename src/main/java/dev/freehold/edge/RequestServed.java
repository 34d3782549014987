package dev.freehold.edge;

import dev.freehold.telemetry.Event;
import java.time.Instant;

/// One request has been answered, or its client has left.
///
/// @param routeId empty when no route took the request
/// @param release 0 when no route took the request
/// @param path without its query, which may hold secrets
/// @param status 499 when the client left before an answer began
/// @param durationMicros from the end of the request's head to the end of its answer
/// @param bytes of the answer's body
public record RequestServed(
    String routeId,
    int release,
    String method,
    String path,
    int status,
    long durationMicros,
    long bytes,
    Instant at)
    implements Event {
  @Override
  public String describe() {
    return method + " " + path + " " + status + " " + durationMicros + " µs " + bytes + " B";
  }
}
