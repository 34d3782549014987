package dev.freehold.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/// Waits for what another thread or process brings about.
public final class Eventually {
  private static final long PAUSE_MS = 10;

  private Eventually() {}

  /// What is waited for.
  public interface Truth {
    boolean holds() throws Exception;
  }

  /// Returns as soon as it holds; fails when it does not within that time.
  public static void until(Duration patience, Truth truth) throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline && !truth.holds()) {
      Thread.sleep(PAUSE_MS);
    }
    assertThat(truth.holds()).isTrue();
  }
}
