package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.Pool;
import java.util.HashSet;
import java.util.Set;

/// Which transactions everyone can see at a moment: a `pg_snapshot`, `xmin:xmax:xip,…` with 64-bit
/// ids, and where the log ended just after it was taken.
///
/// @param from all before are over
/// @param to none from here on is
/// @param running those in between that are not
/// @param end what commits behind it cannot be seen
record Snapshot(long from, long to, Set<Long> running, long end) {
  private static final long WRAP = 1L << 32;

  private static final String NOW =
      "select pg_catalog.pg_current_snapshot()::text,"
          + " pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::bigint";

  /// What can be seen now.
  static Snapshot now(Pool pool) {
    return pool.with(connection -> {
      try (var query = connection.createStatement();
          var row = query.executeQuery(NOW)) {
        row.next();
        return of(row.getString(1), row.getLong(2));
      }
    });
  }

  static Snapshot of(String text, long end) {
    var parts = text.split(":", -1);
    var running = new HashSet<Long>();
    for (var id : parts[2].split(",", -1)) {
      if (!id.isEmpty()) {
        running.add(Long.parseLong(id));
      }
    }
    return new Snapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), running, end);
  }

  /// Whether a transaction that was read from the log can be seen.
  boolean shows(WalMessage.Begin transaction) {
    if (Long.compareUnsigned(transaction.commitAt(), end) >= 0) {
      return false;
    }
    long id = whole(transaction.id());
    return id < from || (id < to && !running.contains(id));
  }

  /// The 64-bit id that is nearest: the log tells the lower half alone.
  private long whole(long id) {
    long near = to - Math.floorMod(to, WRAP) + id;
    if (near - to > WRAP / 2) {
      return near - WRAP;
    }
    return to - near > WRAP / 2 ? near + WRAP : near;
  }
}
