package dev.freehold.http;

import java.time.Duration;

/// What a listener puts up with.
///
/// @param maxBodyBytes the largest request body a handler takes, 413 above; a mount may say its own
/// @param maxHeaderBytes the whole header block in bytes, 431 above
/// @param maxTargetBytes the request line in bytes, 414 above
/// @param maxInFlight requests being answered at once, 503 with `Retry-After` above
/// @param maxConnections open connections at once; more are closed as they come
/// @param idle how long a connection may be silent: between requests, inside a head or a body, or
///   while the client does not read what it was sent
public record Limits(
    int maxBodyBytes,
    int maxHeaderBytes,
    int maxTargetBytes,
    int maxInFlight,
    int maxConnections,
    Duration idle) {
  public static final Limits DEFAULT =
      new Limits(16 * 1024 * 1024, 32 * 1024, 8 * 1024, 2_048, 20_480, Duration.ofSeconds(60));

  public Limits withMaxBodyBytes(int bytes) {
    return new Limits(bytes, maxHeaderBytes, maxTargetBytes, maxInFlight, maxConnections, idle);
  }

  public Limits withMaxInFlight(int requests) {
    return new Limits(maxBodyBytes, maxHeaderBytes, maxTargetBytes, requests, maxConnections, idle);
  }

  public Limits withIdle(Duration silence) {
    return new Limits(
        maxBodyBytes, maxHeaderBytes, maxTargetBytes, maxInFlight, maxConnections, silence);
  }
}
