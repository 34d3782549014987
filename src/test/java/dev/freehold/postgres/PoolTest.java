package dev.freehold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freehold.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PoolTest {
  private Database database;
  private Pool pool;

  @BeforeAll
  void open() {
    database = TestPostgres.create();
    TestPostgres.execute(database, "create table t (id int primary key)");
    pool = Pool.open(database, new PoolLimits(2, Duration.ofMillis(400)));
  }

  @AfterAll
  void close() {
    pool.close();
  }

  @Test
  void aTransactionThatThrowsIsRolledBack() {
    assertThatThrownBy(() ->
            pool.transaction(connection -> {
              run(connection, "insert into t values (1)");
              throw new IllegalStateException("on purpose");
            }))
        .hasMessage("on purpose");
    assertThat(count()).isZero();
    pool.transaction(connection -> run(connection, "insert into t values (2)"));
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void whatTheServerRefusesSaysWhichRuleWasBroken() {
    var refused =
        catchThrowableOfType(
            PostgresException.class,
            () -> pool.with(connection -> run(connection, "insert into t values (7), (7)")));
    assertThat(refused.sqlState()).isEqualTo("23505");
    assertThat(refused.failure())
        .isEqualTo(
            new PostgresFailure.Refused(
                "23505",
                "duplicate key value violates unique constraint \"t_pkey\"",
                "Key (id)=(7) already exists.",
                "",
                "t_pkey"));
    assertThat(refused.getMessage()).doesNotContain("(7)");
  }

  @Test
  void whoWaitsTooLongHearsThatThePoolIsFull() throws Exception {
    var release = new CountDownLatch(1);
    var lent = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      Thread.ofVirtual().start(() -> hold(lent, release));
    }
    lent.await();
    assertThat(pool.active()).isEqualTo(2);
    var full =
        catchThrowableOfType(
            PostgresException.class, () -> pool.with(connection -> run(connection, "select 1")));
    release.countDown();
    assertThat(full.failure()).isEqualTo(new PostgresFailure.PoolFull(2, Duration.ofMillis(400)));
    assertThat(pool.waiting()).isZero();
  }

  private void hold(CountDownLatch lent, CountDownLatch release) {
    pool.with(connection -> {
      lent.countDown();
      try {
        return release.await(20, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new SQLException(e);
      }
    });
  }

  @Test
  void aDatabaseThatIsNotThereIsUnreachable() {
    var nowhere = new Database("127.0.0.1", 1, "x", "x", "");
    try (var other = Pool.open(nowhere, new PoolLimits(1, Duration.ofMillis(300)))) {
      var failed =
          catchThrowableOfType(PostgresException.class, () -> other.with(c -> run(c, "select 1")));
      assertThat(failed.failure()).isInstanceOf(PostgresFailure.Unreachable.class);
    }
  }

  @Test
  void notificationsAreHeardAlsoAfterTheConnectionBroke() throws Exception {
    var heard = new LinkedBlockingQueue<String>();
    try (var _ =
        Notifications.listen(
            database,
            List.of("odd \"channel\""),
            new Notifications.Listener() {
              @Override
              public void connected() {
                heard.add("connected");
              }

              @Override
              public void notified(String channel, String payload) {
                heard.add(channel + "=" + payload);
              }
            })) {
      assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("connected");
      TestPostgres.execute(database, "notify \"odd \"\"channel\"\"\", 'hello'");
      assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("odd \"channel\"=hello");
      TestPostgres.execute(
          database,
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where application_name = 'freehold listener' and datname = current_database()");
      assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("connected");
    }
  }

  @Test
  void quotedTextsMeanThemselves() {
    for (var text : List.of("a", "it's", "\\", "\\'", "\"", "a\"\"b", "?", "$1", "é漢😀", "")) {
      assertThat(one("select " + Quoting.literal(text))).isEqualTo(text);
      assertThat(one("select (?::text[])[1]", Quoting.arrayLiteral(List.of(text, "x"))))
          .isEqualTo(text);
      if (!text.isEmpty()) {
        assertThat(
                one(
                    "select c."
                        + Quoting.identifier(text)
                        + " from (select 'v' as "
                        + Quoting.identifier(text)
                        + ") c"))
            .isEqualTo("v");
      }
    }
  }

  private String one(String sql, String... values) {
    return pool.with(connection -> {
      try (var statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < values.length; i++) {
          statement.setString(i + 1, values[i]);
        }
        var rows = statement.executeQuery();
        rows.next();
        return rows.getString(1);
      }
    });
  }

  private int count() {
    return Integer.parseInt(one("select count(*) from t"));
  }

  private static boolean run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }
}
