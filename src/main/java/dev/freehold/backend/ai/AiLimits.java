package dev.freehold.backend.ai;

import java.time.Duration;

/// What one Environment's calls may take of this machine.
///
/// @param running calls at once; 429 above
/// @param bodyBytes the largest request
/// @param connect until the provider has taken the connection
/// @param firstByte from then until its answer begins
/// @param idle between two pieces of an answer
/// @param whole until a call must be over
public record AiLimits(
    int running,
    int bodyBytes,
    Duration connect,
    Duration firstByte,
    Duration idle,
    Duration whole) {
  /// Requests in memory on this machine, all calls of all apps together.
  static final int HELD_BYTES = 48 << 20;

  public static final AiLimits DEFAULT =
      new AiLimits(
          64,
          26 << 20,
          Duration.ofSeconds(10),
          Duration.ofMinutes(5),
          Duration.ofMinutes(2),
          Duration.ofMinutes(20));
}
