package dev.freehold.postgres.wire;

import java.time.Duration;

/// How far [Lanes] may go.
///
/// @param connections the most that are open at once, the shared ones among them
/// @param waitLimit how long a batch waits for a connection
/// @param idleLimit how long an unused connection stays open
/// @param lifetime how long any connection is used
public record LaneLimits(
    int connections, Duration waitLimit, Duration idleLimit, Duration lifetime) {

  private static final Duration IDLE_LIMIT = Duration.ofMinutes(2);
  private static final Duration LIFETIME = Duration.ofMinutes(30);

  public LaneLimits {
    if (connections < 1) {
      throw new IllegalArgumentException("a pool needs a connection");
    }
  }

  public LaneLimits(int connections, Duration waitLimit) {
    this(connections, waitLimit, IDLE_LIMIT, LIFETIME);
  }
}
