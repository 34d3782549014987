package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.telemetry.Events;
import java.util.Optional;

/// Looks how far a slot is behind, and what it holds back on the database's disk.
final class SlotWatch {
  /// A slot this far behind is worth a word.
  static final long ALARM_BYTES = 128L << 20;

  /// A slot this far behind is given up. Below the 1 GiB that a cluster of ours grants to a slot.
  static final long LIMIT_BYTES = 768L << 20;

  private static final String LAG =
      """
      select coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::bigint,
        coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint,
        active
      from pg_catalog.pg_replication_slots where slot_name = ?
      """;

  private final Pool pool;
  private final Events events;
  private volatile Seen seen = Seen.NOTHING;

  /// What was seen, in bytes of the log.
  ///
  /// @param lag still to be read
  /// @param retained kept on the database's disk
  /// @param active whether the database knows of a connection that reads by it
  record Seen(long lag, long retained, boolean active) {
    static final Seen NOTHING = new Seen(0, 0, false);
  }

  SlotWatch(Pool pool, Events events) {
    this.pool = pool;
    this.events = events;
  }

  /// Asks the database. Empty when it cannot say: the next look will tell, and the reader has
  /// noticed too.
  Optional<Seen> look(Slot slot) {
    try {
      return pool.with(connection -> {
        try (var query = connection.prepareStatement(LAG)) {
          query.setString(1, slot.name());
          try (var row = query.executeQuery()) {
            return Optional.of(
                row.next()
                    ? new Seen(row.getLong(1), row.getLong(2), row.getBoolean(3))
                    : Seen.NOTHING);
          }
        }
      });
    } catch (PostgresException e) {
      return Optional.empty();
    }
  }

  /// Notes what was seen, and says so when it becomes too much.
  void note(Slot slot, Seen now) {
    boolean alarm = now.lag() > ALARM_BYTES && seen.lag() <= ALARM_BYTES;
    seen = now;
    if (alarm) {
      events.publish(new ChangesEvent.Lagging(slot.name(), now.lag()));
    }
  }

  Seen last() {
    return seen;
  }

  boolean isBehind() {
    return seen.lag() > ALARM_BYTES;
  }
}
