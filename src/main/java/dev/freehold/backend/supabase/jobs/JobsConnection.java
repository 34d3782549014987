package dev.freehold.backend.supabase.jobs;

import dev.freehold.postgres.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// The one connection that makes a server the one that works a database's jobs off: it holds an
/// advisory lock as long as it lives, and hears of new jobs and requests. PostgreSQL lets the lock
/// go when the process on our side dies, so that the next server needs to wait for nobody.
final class JobsConnection implements AutoCloseable {
  /// What `pg_stat_activity` shows, and `net.check_worker_is_up()` looks for.
  static final String NAME = "freehold jobs";

  private static final String LOCK = "select pg_try_advisory_lock(7166420316)";
  private static final String LISTEN = "listen freehold_jobs";
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int READ_WAIT_MS = 30_000;

  /// Hears what becomes of the connection. Calls come one at a time.
  interface Listener {
    /// From now on this server works the jobs off; also after each reconnection.
    void gained();

    /// `cron` or `net`.
    void notified(String what);

    /// From now on it does not.
    void lost();

    /// Another server does; said once for each time of waiting.
    void waiting();
  }

  private final Database database;
  private final Listener listener;
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable Connection open;

  JobsConnection(Database database, Listener listener) {
    this.database = database;
    this.listener = listener;
    thread = Thread.ofVirtual().name("jobs-" + database.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    closed = true;
    var connection = open;
    if (connection != null) {
      end(connection);
    }
    thread.interrupt();
  }

  private void run() {
    var pause = FIRST_PAUSE;
    while (!closed) {
      boolean gained = false;
      try (var connection = connect()) {
        open = connection;
        if (locked(connection)) {
          pause = FIRST_PAUSE;
          gained = true;
          listener.gained();
          follow(connection);
        }
      } catch (SQLException e) {
        // Expected whenever the database restarts or has not been started.
      }
      open = null;
      if (gained) {
        listener.lost();
      }
      if (!closed && !sleep(pause)) {
        return;
      }
      var longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    }
  }

  private Connection connect() throws SQLException {
    var properties = database.properties();
    properties.setProperty("ApplicationName", NAME);
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("gssEncMode", "disable");
    return DriverManager.getConnection(database.jdbcUrl(), properties);
  }

  /// Waits for the lock; false when it is no longer wanted.
  private boolean locked(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      for (boolean first = true; !closed; first = false) {
        try (var row = statement.executeQuery(LOCK)) {
          if (row.next() && row.getBoolean(1)) {
            statement.execute(LISTEN);
            return true;
          }
        }
        if (first) {
          listener.waiting();
        }
        if (!sleep(LONGEST_PAUSE)) {
          return false;
        }
      }
      return false;
    }
  }

  private void follow(Connection connection) throws SQLException {
    var postgres = connection.unwrap(PGConnection.class);
    while (!closed) {
      var heard = postgres.getNotifications(READ_WAIT_MS);
      if (heard.length == 0 && !connection.isValid(5)) {
        return;
      }
      for (var notification : heard) {
        listener.notified(notification.getParameter());
      }
    }
  }

  private static boolean sleep(Duration pause) {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void end(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is thrown away either way.
      return;
    }
  }
}
