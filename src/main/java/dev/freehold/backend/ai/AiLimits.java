package dev.freehold.backend.ai;

import java.time.Duration;

/// What one Environment's calls may take of this machine.
///
/// @param running calls at once; 429 above
/// @param bodyBytes the largest request
/// @param answerBytes the largest answer that is no stream
/// @param heldBytes requests and answers in memory, all calls together
/// @param connect until the provider has taken the connection
/// @param firstByte from then until its answer begins
/// @param idle between two pieces of a stream
/// @param whole until a call must be over
public record AiLimits(
    int running,
    int bodyBytes,
    int answerBytes,
    int heldBytes,
    Duration connect,
    Duration firstByte,
    Duration idle,
    Duration whole) {
  public static final AiLimits DEFAULT =
      new AiLimits(
          128,
          32 << 20,
          64 << 20,
          256 << 20,
          Duration.ofSeconds(10),
          Duration.ofMinutes(5),
          Duration.ofMinutes(2),
          Duration.ofMinutes(20));
}
