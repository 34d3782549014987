package dev.freehold.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Listens to channels of one database (`LISTEN`) on a connection of its own and on a thread of its
/// own. When the connection breaks it is made again, with pauses that double up to a limit; what
/// was notified in between is lost, which is why [Listener#connected] is called each time.
///
/// May be made to listen only while it alone holds an advisory lock on that connection. PostgreSQL
/// lets the lock go when the process on our side dies, so that the next needs to wait for nobody.
public final class Notifications implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /// How often a lock that another holds is asked for.
  private static final Duration LOCK_PAUSE = Duration.ofSeconds(5);

  private static final String NAME = "freehold listener";

  /// How long one read waits before it looks whether it is to stop, and asks whether the connection
  /// lives.
  private static final int READ_WAIT_MS = 30_000;

  /// Hears what is notified. Calls come one at a time.
  public interface Listener {
    /// The channels are listened to from now on; also after each reconnection. A
    /// [PostgresException] from here counts as a connection that broke.
    void connected();

    void notified(String channel, String payload);

    /// A connection that was listening broke; it is being made anew.
    default void lost() {}

    /// Another holds the lock; said once for each time of waiting.
    default void waiting() {}
  }

  /// How a listener stands on the database.
  ///
  /// @param name what `pg_stat_activity` shows
  /// @param lock the key of the advisory lock that it must hold, if any
  public record Stand(String name, OptionalLong lock) {}

  private final Database database;
  private final Stand stand;
  private final List<String> channels;
  private final Listener listener;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean connected;
  private volatile @Nullable Connection open;

  private Notifications(Database database, Stand stand, List<String> channels, Listener listener) {
    this.database = database;
    this.stand = stand;
    this.channels = List.copyOf(channels);
    this.listener = listener;
    thread = Thread.ofVirtual().name("notifications-" + database.name()).unstarted(this::run);
  }

  public static Notifications listen(Database database, List<String> channels, Listener listener) {
    return listen(database, new Stand(NAME, OptionalLong.empty()), channels, listener);
  }

  public static Notifications listen(
      Database database, Stand stand, List<String> channels, Listener listener) {
    var notifications = new Notifications(database, stand, channels, listener);
    notifications.thread.start();
    return notifications;
  }

  /// Whether the channels are listened to now.
  public boolean connected() {
    return connected;
  }

  @Override
  public void close() {
    closed = true;
    var connection = open;
    if (connection != null) {
      closeQuietly(connection);
    }
    thread.interrupt();
  }

  private void run() {
    var pause = FIRST_PAUSE;
    while (!closed) {
      try (var connection = connect()) {
        open = connection;
        if (admitted(connection)) {
          pause = FIRST_PAUSE;
          connected = true;
          listener.connected();
          follow(connection);
        }
      } catch (SQLException | PostgresException e) {
        // Expected whenever the database restarts; whoever asks the pool hears about it.
      }
      open = null;
      if (connected) {
        connected = false;
        if (!closed) {
          listener.lost();
        }
      }
      if (!closed && !sleep(pause)) {
        return;
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
              ? LONGEST_PAUSE
              : pause.multipliedBy(2);
    }
  }

  private Connection connect() throws SQLException {
    var properties = database.properties();
    properties.setProperty("ApplicationName", stand.name());
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("gssEncMode", "disable");
    return DriverManager.getConnection(database.jdbcUrl(), properties);
  }

  /// Listens once the lock is held; false when that is no longer wanted.
  private boolean admitted(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      if (stand.lock().isPresent() && !locked(statement, stand.lock().getAsLong())) {
        return false;
      }
      for (var channel : channels) {
        statement.execute("listen " + Quoting.identifier(channel));
      }
      return true;
    }
  }

  private boolean locked(Statement statement, long key) throws SQLException {
    for (boolean first = true; !closed; first = false) {
      try (var row = statement.executeQuery("select pg_try_advisory_lock(" + key + ")")) {
        if (row.next() && row.getBoolean(1)) {
          return true;
        }
      }
      if (first) {
        listener.waiting();
      }
      if (!sleep(LOCK_PAUSE)) {
        return false;
      }
    }
    return false;
  }

  private void follow(Connection connection) throws SQLException {
    var postgres = connection.unwrap(PGConnection.class);
    while (!closed) {
      var heard = postgres.getNotifications(READ_WAIT_MS);
      if (heard.length == 0 && !connection.isValid(5)) {
        return;
      }
      for (var notification : heard) {
        listener.notified(notification.getName(), notification.getParameter());
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

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is thrown away either way.
      return;
    }
  }
}
