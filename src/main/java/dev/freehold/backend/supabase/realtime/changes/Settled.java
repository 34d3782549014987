package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.Pool;
import dev.freehold.telemetry.Events;
import java.time.Duration;
import java.util.Set;

/// Waits until transactions that were read from the log can be seen by everyone.
///
/// PostgreSQL writes a commit to its log, from where we have it, and lets other sessions see what
/// was committed only a moment later; with `synchronous_standby_names`, once a standby has it.
/// Whoever asks in between is told that a new row does not exist, and its subscribers would never
/// hear of it.
final class Settled {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long FIRST_PAUSE_MS = 1;
  private static final long LONGEST_PAUSE_MS = 20;

  private final Pool pool;
  private final Events events;

  Settled(Pool pool, Events events) {
    this.pool = pool;
    this.events = events;
  }

  /// Waits, but not for ever: what cannot be seen then is told to nobody, and that is stated.
  void await(Set<WalMessage.Begin> transactions) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long pause = FIRST_PAUSE_MS;
    while (!transactions.stream().allMatch(Snapshot.now(pool)::shows)) {
      if (System.nanoTime() > deadline) {
        events.publish(new ChangesEvent.Unsettled(PATIENCE));
        return;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }
}
