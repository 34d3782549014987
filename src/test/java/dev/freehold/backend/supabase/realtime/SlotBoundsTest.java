package dev.freehold.backend.supabase.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.realtime.changes.Changes;
import dev.freehold.cluster.Cluster;
import dev.freehold.cluster.TestEngine;
import dev.freehold.os.DurableFiles;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The database's disk and its settings: a slot that nobody reads by, a reader that is held up, a
/// server that keeps no logical log.
class SlotBoundsTest {
  private static final String JOIN =
      "{\"config\":{\"postgres_changes\":[{\"event\":\"INSERT\",\"schema\":\"public\","
          + "\"table\":\"items\"}]}}";

  /// What a slot may hold back here, and what the log takes beside it.
  private static final String SMALL =
      """
      alter system set max_slot_wal_keep_size = '32MB';
      alter system set max_wal_size = '64MB';
      """;

  private static final String SKIPPED =
      "Some changes were skipped: the connection to the database's log was lost";

  private static final long MOST_LOG_BYTES = 200L << 20;
  private static final int LOOKS = 300;
  private static final long LOOK_MS = 50;

  private final EnvironmentKeys keys = EnvironmentKeys.generate(Clock.systemUTC());
  private Path folder = Path.of("");
  private Cluster cluster;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createTempDirectory("freehold-realtime-slots");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    cluster =
        Cluster.at(folder.resolve("c"), TestEngine.unpacked(folder), "admins", Events.NONE)
            .create()
            .start();
    Prelude.apply(cluster.database(), RealtimeFixture.PASSWORDS);
    TestPostgres.execute(
        cluster.database(),
        """
        create table items (id int primary key);
        create table bulk (filling text);
        alter table bulk alter column filling set storage plain;
        alter table items enable row level security;
        create function gate() returns boolean language plpgsql as $$
          begin perform pg_advisory_xact_lock_shared(7); return true; end $$;
        create policy everyone on items for select using (gate());
        grant select on items to anon;
        alter publication supabase_realtime add table items;
        """);
  }

  @AfterEach
  void close() {
    cluster.destroy();
    DurableFiles.deleteTree(folder);
  }

  private RealtimeFixture server() {
    return RealtimeFixture.over(cluster.database(), keys, RealtimeLimits.DEFAULT);
  }

  private void settings(String sql) {
    for (var one : sql.strip().split(";")) {
      TestPostgres.execute(cluster.database(), one);
    }
    TestPostgres.execute(cluster.database(), "select pg_reload_conf()");
  }

  /// Writes 25 MB to the log, and lets the server forget what it may.
  private void write(int times) {
    for (int i = 0; i < times; i++) {
      TestPostgres.execute(
          cluster.database(),
          "insert into bulk select repeat('x', 7500) from generate_series(1, 3300)");
      TestPostgres.execute(cluster.database(), "truncate bulk");
      TestPostgres.execute(cluster.database(), "select pg_switch_wal()");
      TestPostgres.execute(cluster.database(), "checkpoint");
    }
  }

  private String asked(String sql) throws Exception {
    var answer = TestPostgres.column(cluster.database(), sql);
    return answer.isEmpty() ? "none" : answer.getFirst();
  }

  private String slot() throws Exception {
    return asked("select wal_status from pg_replication_slots");
  }

  private long logBytes() {
    try (var files = Files.list(folder.resolve("c/data/pg_wal"))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSlotThatNobodyReadsByFillsNoDiskAndClientsHearWhatTheyMissed() throws Exception {
    settings(SMALL);
    try (var first = server();
        var socket = first.connect()) {
      socket.subscribe("items", JOIN);
      TestPostgres.execute(cluster.database(), "insert into items values (1)");
      assertThat(socket.insertedId()).isEqualTo(1);
    }
    assertThat(slot()).isEqualTo("reserved");
    TestPostgres.execute(cluster.database(), "insert into items values (2)");
    write(12);
    assertThat(slot()).isEqualTo("lost");
    assertThat(logBytes()).isLessThan(MOST_LOG_BYTES);
    try (var second = server();
        var returning = second.connect().refsFrom(20);
        var fresh = second.connect()) {
      returning.subscribe("items", JOIN);
      assertThat(returning.next("system").path("message").asString())
          .isEqualTo(
              "Some changes were skipped: more was written meanwhile than the database keeps for a"
                  + " slot");
      fresh.subscribe("items", JOIN);
      TestPostgres.execute(cluster.database(), "insert into items values (3)");
      assertThat(returning.insertedId()).isEqualTo(3);
      assertThat(fresh.insertedId()).isEqualTo(3);
      assertThat(slot()).isEqualTo("reserved");
    }
  }

  @Test
  void aReaderThatIsHeldUpLosesItsSlotAndGoesOn() throws Exception {
    settings(SMALL);
    var database = cluster.database();
    try (var server = server();
        var socket = server.connect();
        var locking = DriverManager.getConnection(database.jdbcUrl(), database.properties())) {
      socket.subscribe("items", JOIN);
      TestPostgres.execute(database, "insert into items values (1)");
      assertThat(socket.insertedId()).isEqualTo(1);
      // Whoever asks for a row's visibility waits, and with it the reading.
      try (var lock = locking.createStatement()) {
        lock.execute("select pg_advisory_lock(7)");
        TestPostgres.execute(database, "insert into items values (2)");
        write(12);
        assertThat(logBytes()).isLessThan(MOST_LOG_BYTES);
        lock.execute("select pg_advisory_unlock(7)");
      }
      assertThat(until(socket, 2)).anyMatch(frame -> frame.contains(SKIPPED));
      // It may have lost one more slot, of which it tells; a row before the next is lost with it.
      for (int look = 0; look < LOOKS && !slot().equals("reserved"); look++) {
        Thread.sleep(LOOK_MS);
      }
      assertThat(slot()).isEqualTo("reserved");
      TestPostgres.execute(database, "insert into items values (3)");
      assertThat(until(socket, 3)).allMatch(frame -> frame.contains(SKIPPED));
    }
  }

  /// What is heard before a row.
  private static List<String> until(RawSocket socket, int id) {
    var heard = new ArrayList<String>();
    for (var frame = socket.next(); !frame.contains("{\"id\":" + id + "}"); ) {
      heard.add(frame);
      assertThat(frame).isNotEqualTo("null");
      frame = socket.next();
    }
    return heard;
  }

  @Test
  void withoutALogicalLogItSaysWhatTheOwnerHasToDo() throws Exception {
    TestPostgres.execute(cluster.database(), "alter system set wal_level = 'replica'");
    cluster.stop();
    cluster.start();
    try (var server = server();
        var socket = server.connect();
        var other = server.connect()) {
      var ref = socket.join("items", JOIN);
      assertThat(socket.next("phx_reply").path("status").asString()).isEqualTo("ok");
      var system = socket.next("system");
      assertThat(system.path("status").asString()).isEqualTo("error");
      assertThat(system.path("message").asString())
          .isEqualTo(
              "Realtime cannot read changes: the database has wal_level = replica; set wal_level ="
                  + " logical and restart PostgreSQL");
      assertThat(server.server().changes().reading()).isEqualTo(Changes.Reading.DOWN);
      other.join("items", "{\"config\":{}}");
      other.next("phx_reply");
      socket.push(ref, "items", "broadcast", "{\"event\":\"e\",\"type\":\"broadcast\"}");
      assertThat(other.next("broadcast").path("event").asString()).isEqualTo("e");

      TestPostgres.execute(cluster.database(), "alter system set wal_level = 'logical'");
      cluster.stop();
      cluster.start();
      for (var frame = socket.next(); !frame.contains("Subscribed"); frame = socket.next()) {
        assertThat(frame).contains("system");
      }
      TestPostgres.execute(cluster.database(), "insert into items values (1)");
      assertThat(socket.insertedId()).isEqualTo(1);
    }
  }
}
