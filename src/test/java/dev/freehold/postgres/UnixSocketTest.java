package dev.freehold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.testing.TestPostgres;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// JDBC through the socket file of a server.
final class UnixSocketTest {
  private static final int LARGE = 20_000_000;

  @TempDir Path folder = Path.of("");

  private static Database onSocket() {
    var database = TestPostgres.create();
    try (var pool = Pool.open(database, PoolLimits.occasional(1, Duration.ofSeconds(5)))) {
      var folder = value(pool, "show unix_socket_directories");
      return new Database(
          folder, database.port(), database.name(), database.user(), "", Database.Tls.REQUIRE);
    }
  }

  private static String value(Pool pool, String sql) {
    return pool.with(connection -> {
      try (var statement = connection.createStatement();
          var rows = statement.executeQuery(sql)) {
        rows.next();
        return rows.getString(1);
      }
    });
  }

  @Test
  void thePoolGoesThroughIt() {
    try (var pool = Pool.open(onSocket(), new PoolLimits(2, Duration.ofSeconds(5)))) {
      assertThat(value(pool, "select coalesce(inet_client_addr()::text, 'a socket')"))
          .isEqualTo("a socket");
      assertThat(value(pool, "select repeat('x', " + LARGE + ")")).hasSize(LARGE);
      int sent =
          pool.with(connection -> {
            try (var statement = connection.prepareStatement("select length(?)")) {
              statement.setString(1, "y".repeat(LARGE));
              try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
              }
            }
          });
      assertThat(sent).isEqualTo(LARGE);
    }
  }

  @Test
  void notificationsAreHeardThroughIt() throws Exception {
    var database = onSocket();
    var heard = new LinkedBlockingQueue<String>();
    try (var _ =
        Notifications.listen(
            database,
            List.of("bell"),
            new Notifications.Listener() {
              @Override
              public void connected() {
                heard.add("connected");
              }

              @Override
              public void notified(String channel, String payload) {
                heard.add(payload);
              }

              @Override
              public void lost() {
                heard.add("lost");
              }
            })) {
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("connected");
      TestPostgres.execute(database, "notify bell, 'ding'");
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("ding");
      TestPostgres.execute(
          database,
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where application_name = 'freehold listener' and datname = current_database()");
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("lost");
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("connected");
    }
  }

  @Test
  void aReadWaitsAsLongAsItMay() throws Exception {
    var file = folder.resolve("s");
    try (var silent = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(file));
      try (var socket = new UnixSockets(file.toString()).createSocket("ignored", 1)) {
        socket.setSoTimeout(100);
        var in = socket.getInputStream();
        assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  @Test
  void aSocketThatIsNotThereIsUnreachable() {
    var nowhere = new Database(folder.toString(), 5432, "d", "u", "");
    try (var pool = Pool.open(nowhere, PoolLimits.occasional(1, Duration.ofMillis(300)))) {
      assertThatThrownBy(() -> value(pool, "select 1"))
          .isInstanceOfSatisfying(
              PostgresException.class,
              e -> assertThat(e.failure()).isInstanceOf(PostgresFailure.Unreachable.class));
    }
  }
}
