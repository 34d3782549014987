package dev.freehold.backend.supabase.realtime.changes;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.PGConnection;

/// The replication slot by which one database's changes are read.
///
/// It lasts, and is resumed after a restart, where the server bounds what a slot may hold back
/// (`max_slot_wal_keep_size`); elsewhere it is temporary and ends with its connection, because a
/// slot that nobody reads would fill the disk. A second process on the same database reads by a
/// temporary slot of its own.
///
/// @param origin what an earlier connection left of it
record Slot(String name, boolean lasting, Origin origin) {
  /// Where a slot comes from.
  enum Origin {
    /// Nobody had read by it.
    FRESH,
    /// An earlier connection had read by it, and it goes on from there.
    RESUMED,
    /// An earlier connection had read, and what it had not read cannot be had.
    LOST
  }

  static final String PREFIX = "freehold_realtime_";

  /// How long a slot's earlier reader, which may be our own broken connection, is waited for.
  private static final int WAITS_FOR_READER = 25;

  private static final long WAIT_MS = 200;
  private static final String PLUGIN = "pgoutput";

  private static final String NAME =
      "select '"
          + PREFIX
          + "' || oid from pg_catalog.pg_database where datname = current_database()";

  /// What keeps changes from being read until somebody changes the server's settings.
  static final class Unusable extends SQLException {
    private static final long serialVersionUID = 1L;

    Unusable(String why) {
      super(why);
    }
  }

  private record Found(boolean active, boolean ours, boolean lost) {}

  /// Takes the slot, or makes it.
  ///
  /// @param connection in replication mode
  static Slot take(Connection connection) throws SQLException {
    var level = one(connection, "show wal_level");
    if (!level.equals("logical")) {
      throw new Unusable(
          "the database has wal_level = "
              + level
              + "; set wal_level = logical and restart PostgreSQL");
    }
    var name = one(connection, NAME);
    boolean bounded = !one(connection, "show max_slot_wal_keep_size").equals("-1");
    var origin = Origin.FRESH;
    for (int wait = 0; ; wait++) {
      var found = find(connection, name);
      if (found.isEmpty()) {
        make(connection, name, bounded);
        return new Slot(name, bounded, origin);
      }
      if (!found.get().ours() || (found.get().active() && wait == WAITS_FOR_READER)) {
        var other = name + "_" + one(connection, "select pg_backend_pid()");
        make(connection, other, false);
        return new Slot(other, false, found.get().ours() ? Origin.LOST : Origin.FRESH);
      }
      if (!found.get().active()) {
        if (!found.get().lost()) {
          return new Slot(name, true, Origin.RESUMED);
        }
        drop(connection, name);
        origin = Origin.LOST;
      } else {
        pause();
      }
    }
  }

  private static Optional<Found> find(Connection connection, String name) throws SQLException {
    try (var query = connection.createStatement();
        var row =
            query.executeQuery(
                "select active, plugin = '"
                    + PLUGIN
                    + "' and not temporary, coalesce(wal_status, 'lost') = 'lost'"
                    + " from pg_catalog.pg_replication_slots where slot_name = '"
                    + name
                    + "'")) {
      return row.next()
          ? Optional.of(new Found(row.getBoolean(1), row.getBoolean(2), row.getBoolean(3)))
          : Optional.empty();
    }
  }

  private static void make(Connection connection, String name, boolean lasting)
      throws SQLException {
    var wanted =
        connection
            .unwrap(PGConnection.class)
            .getReplicationAPI()
            .createReplicationSlot()
            .logical()
            .withSlotName(name)
            .withOutputPlugin(PLUGIN);
    if (!lasting) {
      wanted.withTemporaryOption();
    }
    wanted.make();
  }

  boolean resumed() {
    return origin == Origin.RESUMED;
  }

  static void drop(Connection connection, String name) throws SQLException {
    connection.unwrap(PGConnection.class).getReplicationAPI().dropReplicationSlot(name);
  }

  private static String one(Connection connection, String sql) throws SQLException {
    try (var query = connection.createStatement();
        var row = query.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private static void pause() throws SQLException {
    try {
      Thread.sleep(WAIT_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while waiting for a slot", e);
    }
  }
}
