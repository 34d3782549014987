package dev.freehold.postgres;

import java.time.Duration;

/// How far a [Pool] may go.
///
/// @param connections the most that are open at once
/// @param waitLimit how long a borrower waits for one before [PostgresFailure.PoolFull]
public record PoolLimits(int connections, Duration waitLimit) {
  public static final PoolLimits DEFAULT = new PoolLimits(10, Duration.ofSeconds(10));

  public PoolLimits {
    if (connections < 1) {
      throw new IllegalArgumentException("a pool needs a connection");
    }
  }
}
