package dev.freehold.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.postgres.Database;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.testing.TestPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The data API's client against a real server.
class LanesTest {
  private static final LaneLimits LIMITS = new LaneLimits(6, Duration.ofSeconds(5));

  private static Database database;
  private static Lanes lanes;

  @BeforeAll
  static void open() {
    database = TestPostgres.create();
    TestPostgres.execute(database, "create table counted (n int primary key)");
    lanes = Lanes.open(database, LIMITS);
  }

  @AfterAll
  static void close() {
    lanes.close();
  }

  private static Batch read(Query... queries) {
    return new Batch(List.of(queries), queries.length - 1, Batch.Kind.READ);
  }

  private static Batch write(Query... queries) {
    return new Batch(List.of(queries), queries.length - 1, Batch.Kind.WRITE);
  }

  private static Query query(String sql, String... values) {
    return new Query(sql, List.of(values).stream().map(Value::inferred).toList());
  }

  @Test
  void aBatchIsOneTransaction() {
    var refused =
        write(
            query("insert into counted values (1)"),
            query("insert into counted values (2)"),
            query("select 1 / 0"));
    assertThatThrownBy(() -> lanes.run(refused))
        .isInstanceOf(PostgresException.class)
        .hasMessage("22012: division by zero");
    assertThat(count()).isZero();
    lanes.run(write(query("insert into counted values ($1)", "1"), query("select 1")));
    assertThat(count()).isEqualTo(1);
    lanes.run(write(query("delete from counted")));
  }

  private static long count() {
    return lanes.run(read(query("select count(*) from counted"))).row(0).int8(0);
  }

  @Test
  void settingsOfABatchHoldForItAlone() {
    var set = query("select set_config('request.path', $1, true)", "/here");
    var get = query("select current_setting('request.path', true)");
    assertThat(lanes.run(read(set, get)).row(1).text(0)).isEqualTo("/here");
    for (int i = 0; i < 20; i++) {
      assertThat(lanes.run(read(get)).row(0).bytes(0)).isEmpty();
    }
  }

  @Test
  void statementsArePreparedOnce() {
    lanes.lend(connection -> {
      for (int i = 0; i < 5; i++) {
        connection.run(Batch.step(List.of(query("select $1::int + 40", "2"))));
      }
      var prepared =
          connection.run(
              Batch.step(
                  List.of(
                      query(
                          "select count(*) from pg_prepared_statements"
                              + " where statement like 'select $1::int + 40'"))));
      assertThat(prepared.row(0).int8(0)).isEqualTo(1);
      return true;
    });
  }

  @Test
  void noMoreStatementsAreKeptThanAreAllowed() {
    lanes.lend(connection -> {
      for (int i = 0; i < PreparedStatements.KEPT + 40; i++) {
        connection.run(Batch.step(List.of(query("select " + i))));
      }
      var prepared = query("select count(*) from pg_prepared_statements");
      assertThat(connection.run(Batch.step(List.of(prepared))).row(0).int8(0))
          .isLessThanOrEqualTo(PreparedStatements.KEPT + 1L);
      return true;
    });
  }

  @Test
  void aStatementThatNeverGotPreparedIsPreparedLater() {
    var late = query("select 'late'");
    assertThatThrownBy(() -> lanes.run(write(query("select no_such_column"), late)))
        .hasMessageStartingWith("42703");
    assertThat(lanes.run(write(late)).row(0).text(0)).isEqualTo("late");
  }

  @Test
  void aChangedTableIsNoticed() {
    TestPostgres.execute(database, "create table changing (a int)");
    TestPostgres.execute(database, "insert into changing values (1)");
    var all = query("select * from changing where a = $1", "1");
    for (int i = 0; i < 10; i++) {
      assertThat(lanes.run(read(all)).row(0).columns().length).isEqualTo(1);
    }
    TestPostgres.execute(database, "alter table changing add b text, alter a type text");
    assertThat(lanes.run(read(all)).row(0).columns().length).isEqualTo(2);
  }

  @Test
  void everyoneGetsTheirOwnAnswer() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, Lanes.MOST_WAITING)
              .mapToObj(i -> threads.submit(() -> echoed(i % 7 == 0, i)))
              .toList();
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo(i % 7 == 0 ? "22012" : "v" + i);
      }
    }
    assertThat(lanes.opened()).isLessThanOrEqualTo(LIMITS.connections());
    assertThat(lanes.active()).isZero();
  }

  private static String echoed(boolean fails, int i) {
    try {
      var query = fails ? query("select 1 / 0") : query("select $1::text", "v" + i);
      return String.valueOf(
          lanes.run(read(query("select set_config('a.b', $1, true)", "x"), query)).row(1).text(0));
    } catch (PostgresException e) {
      return e.sqlState();
    }
  }

  @Test
  void aSlowStatementIsNotSharedWithOthers() throws Exception {
    var slow = read(query("select pg_sleep(2)"));
    var quick = read(query("select 'quick'"));
    for (int i = 0; i < 20; i++) {
      lanes.run(quick);
    }
    var started = new CountDownLatch(3);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        threads.execute(() -> {
          started.countDown();
          lanes.run(slow);
        });
      }
      started.await();
      long before = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        lanes.run(quick);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(1_900));
    }
  }

  @Test
  void aFullPoolSaysSo() throws Exception {
    var limits = new LaneLimits(1, Duration.ofMillis(100));
    try (var few = Lanes.open(database, limits);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow = threads.submit(() -> few.run(write(query("select pg_sleep(0.6)"))));
      while (few.active() == 0) {
        Thread.sleep(5);
      }
      assertThatThrownBy(() -> few.run(write(query("select 1"))))
          .isInstanceOfSatisfying(
              PostgresException.class,
              e ->
                  assertThat(e.failure())
                      .isEqualTo(new PostgresFailure.PoolFull(1, Duration.ofMillis(100))));
      slow.get();
      assertThat(few.run(write(query("select 'free'"))).row(0).text(0)).isEqualTo("free");
      assertThat(few.refused()).isEqualTo(1);
    }
  }

  @Test
  void unusedConnectionsAreClosed() throws Exception {
    var second = Duration.ofSeconds(1);
    try (var brief = Lanes.open(database, new LaneLimits(6, second, second, second))) {
      for (int i = 0; i < 5; i++) {
        brief.run(read(query("select 1")));
      }
      brief.run(write(query("select 1")));
      assertThat(brief.opened()).isPositive();
      assertThat(brief.available()).isEqualTo(brief.opened());
      for (int i = 0; i < 100 && brief.opened() > 0; i++) {
        Thread.sleep(50);
      }
      assertThat(brief.opened()).isZero();
      assertThat(brief.available()).isZero();
      brief.connect();
      assertThat(brief.opened()).isEqualTo(1);
    }
  }

  @Test
  void statementsAreKeptPreparedUnlessToldOtherwise() {
    var count = query("select count(*)::text from pg_prepared_statements");
    try (var one = Lanes.open(database, new LaneLimits(1, Duration.ofSeconds(5)))) {
      one.run(write(query("select $1::text", "a")));
      assertThat(one.run(write(count)).row(0).text(0)).isEqualTo("2");
      one.prepare(false);
      for (int i = 0; i < 3; i++) {
        assertThat(one.run(write(query("select $1::text", "b"), count)).row(1).text(0))
            .isEqualTo("0");
      }
      one.prepare(true);
      one.run(write(count));
      assertThat(one.run(write(count)).row(0).text(0)).isEqualTo("1");
    }
  }

  @Test
  void batchesAreShownBeforeTheyAreSent() {
    var shown = new ArrayList<String>();
    try (var watched =
        Lanes.open(database, LIMITS, batch -> shown.add(batch.queries().getFirst().sql()))) {
      watched.run(write(query("select 1")));
      watched.lend(connection -> connection.run(Batch.step(List.of(query("select 2")))));
    }
    assertThat(shown).containsExactly("select 1", "select 2");
  }

  @Test
  void aBrokenConnectionIsReplaced() {
    var pid = query("select pg_backend_pid()::text");
    var first = lanes.run(write(pid)).row(0).text(0);
    var end = query("select pg_terminate_backend(pg_backend_pid())");
    assertThatThrownBy(() -> lanes.run(write(end))).hasMessageStartingWith("57P01");
    assertThat(lanes.run(write(pid)).row(0).text(0)).isNotEqualTo(first);
    for (int i = 0; i < 3 * LIMITS.connections(); i++) {
      assertThatThrownBy(() -> lanes.run(write(end))).isInstanceOf(PostgresException.class);
    }
    assertThat(lanes.run(write(pid)).row(0).text(0)).isNotEmpty();
  }

  @Test
  void aZeroByteIsRefusedInEveryPlace() {
    assertThatThrownBy(() -> lanes.run(read(query("select '\0'")))).hasMessageStartingWith("22021");
    assertThatThrownBy(() -> lanes.run(read(query("select $1::text", "a\0b"))))
        .hasMessageStartingWith("22021");
    assertThat(lanes.run(read(query("select 'well'"))).row(0).text(0)).isEqualTo("well");
  }

  @Test
  void aTransactionLeftOpenIsThrownAway() {
    lanes.lend(connection ->
        connection.run(
            Batch.step(List.of(query("begin"), query("insert into counted values (7)")))));
    assertThat(count()).isZero();
  }

  @Test
  void aDatabaseThatIsNotThereIsUnreachable() {
    var nowhere = new Database("127.0.0.1", 1, "none", "none", "");
    try (var none = Lanes.open(nowhere, LIMITS)) {
      assertThatThrownBy(() -> none.run(read(query("select 1"))))
          .isInstanceOfSatisfying(
              PostgresException.class,
              e -> assertThat(e.failure()).isInstanceOf(PostgresFailure.Unreachable.class));
    }
  }
}
