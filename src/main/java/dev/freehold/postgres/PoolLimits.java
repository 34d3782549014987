package dev.freehold.postgres;

import java.time.Duration;

/// How far a [Pool] may go.
///
/// @param connections the most that are open at once
/// @param waitLimit how long a borrower waits for one before [PostgresFailure.PoolFull]
/// @param lasting whether a connection stays open while nothing is asked, and statements prepared
public record PoolLimits(int connections, Duration waitLimit, boolean lasting) {
  public static final PoolLimits DEFAULT = new PoolLimits(10, Duration.ofSeconds(10));

  public PoolLimits(int connections, Duration waitLimit) {
    this(connections, waitLimit, true);
  }

  /// For questions asked now and then: nothing stays open and nothing prepared.
  public static PoolLimits occasional(int connections, Duration waitLimit) {
    return new PoolLimits(connections, waitLimit, false);
  }

  public PoolLimits {
    if (connections < 1) {
      throw new IllegalArgumentException("a pool needs a connection");
    }
  }
}
