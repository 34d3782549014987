package dev.freehold.backend.supabase.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.realtime.changes.Changes;
import dev.freehold.backend.supabase.realtime.changes.ChangesEvent;
import dev.freehold.postgres.Database;
import dev.freehold.telemetry.Event;
import dev.freehold.testing.Eventually;
import dev.freehold.testing.SilentLink;
import dev.freehold.testing.TestPostgres;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What happens to subscribers when connections break and servers end.
class ResumeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String SCHEMA =
      """
      create table items (id int primary key);
      alter publication supabase_realtime add table items;
      """;

  private static final String JOIN =
      "{\"config\":{\"postgres_changes\":[{\"event\":\"INSERT\",\"schema\":\"public\","
          + "\"table\":\"items\"}]}}";

  private static final long SEVERAL_LOOKS_MS = 500;

  private static List<String> slots(Database database) {
    return TestPostgres.column(
        database, "select slot_name from pg_replication_slots where database = current_database()");
  }

  @Test
  void aBrokenStreamIsResumedWithoutLossOrDoubleDelivery() throws Exception {
    var database = RealtimeFixture.prepared(SCHEMA);
    TestPostgres.bounded();
    try (var server = server(database);
        var socket = server.connect()) {
      socket.subscribe("items", JOIN);
      for (int i = 0; i < 40; i++) {
        server.sql("insert into items values (" + i + ")");
        if (i % 8 == 7) {
          server.sql(
              "select pg_terminate_backend(active_pid) from pg_replication_slots"
                  + " where database = current_database() and active");
        }
      }
      var seen = new ArrayList<Integer>();
      for (int i = 0; i < 40; i++) {
        seen.add(socket.insertedId());
      }
      assertThat(seen).isSorted().doesNotHaveDuplicates().hasSize(40);
      assertThat(socket.isSilent()).isTrue();
      assertThat(server.events).anyMatch(e -> e instanceof ChangesEvent.Interrupted);
      server.sql("delete from items");
    }
  }

  @Test
  void aConnectionThatTheNetworkForgotIsMadeAnew() throws Exception {
    var database = RealtimeFixture.prepared(SCHEMA);
    TestPostgres.bounded();
    var role = "alter role supabase_replication_admin in database \"" + database.name() + "\" ";
    TestPostgres.execute(database, role + "set wal_sender_timeout = '2s'");
    try (var link = SilentLink.to(database.port());
        var server = RealtimeFixture.over(database, link.port());
        var socket = server.connect()) {
      socket.subscribe("items", JOIN);
      server.sql("insert into items values (1)");
      assertThat(socket.insertedId()).isEqualTo(1);
      link.fallSilent();
      server.sql("insert into items values (2)");
      Eventually.until(
          PATIENCE,
          () ->
              TestPostgres.column(
                          database,
                          "select 1 from pg_replication_slots where database = current_database()"
                              + " and not active")
                      .size()
                  == 1);
      assertThat(socket.isSilent()).isTrue();
      server.server().step(System.nanoTime() + Duration.ofSeconds(16).toNanos());
      assertThat(socket.insertedId()).isEqualTo(2);
      assertThat(socket.isSilent()).isTrue();
    }
  }

  private static RealtimeFixture server(Database database) {
    return RealtimeFixture.over(
        database, EnvironmentKeys.generate(Clock.systemUTC()), RealtimeLimits.DEFAULT);
  }

  @Test
  void clientsThatComeBackAfterARestartMissNothingAndHearNothingTwice() {
    var database = RealtimeFixture.prepared(SCHEMA);
    TestPostgres.bounded();
    var keys = EnvironmentKeys.generate(Clock.systemUTC());
    try (var first = RealtimeFixture.over(database, keys, RealtimeLimits.DEFAULT);
        var socket = first.connect()) {
      socket.subscribe("items", JOIN);
      first.sql("insert into items values (1), (2)");
      assertThat(socket.insertedId()).isEqualTo(1);
      assertThat(socket.insertedId()).isEqualTo(2);
    }
    TestPostgres.execute(database, "insert into items values (3)");
    assertThat(slots(database)).hasSize(1).allMatch(name -> name.startsWith("freehold_realtime_"));
    try (var second = RealtimeFixture.over(database, keys, RealtimeLimits.DEFAULT);
        var returning = second.connect().refsFrom(17);
        var fresh = second.connect()) {
      second.sql("insert into items values (4)");
      fresh.subscribe("items", JOIN);
      var ref = returning.join("items", JOIN);
      returning.next("phx_reply");
      // What has not been read yet when it subscribes comes behind the word that it has.
      assertThat(nextThree(returning))
          .containsExactly("\"record\":{\"id\":3", "\"record\":{\"id\":4", "Subscribed");
      // A token that is renewed is no reason to tell it again.
      returning.push(
          ref, "items", "access_token", "{\"access_token\":\"" + second.token("") + "\"}");
      returning.next("system");
      assertThat(returning.isSilent()).isTrue();
      assertThat(fresh.isSilent()).isTrue();
      second.sql("insert into items values (5)");
      assertThat(returning.insertedId()).isEqualTo(5);
      assertThat(fresh.insertedId()).isEqualTo(5);
    }
  }

  /// Rows and the word that it is subscribed, in any order.
  private static Set<String> nextThree(RawSocket socket) {
    var heard = new TreeSet<String>();
    for (int i = 0; i < 3; i++) {
      heard.add(socket.next().replaceAll(".*(\"record\":\\{\"id\":[0-9]+|Subscribed).*", "$1"));
    }
    return heard;
  }

  @Test
  void restartsThatNobodyComesBackToLoseNothing() throws Exception {
    var database = RealtimeFixture.prepared(SCHEMA);
    TestPostgres.bounded();
    var keys = EnvironmentKeys.generate(Clock.systemUTC());
    try (var first = RealtimeFixture.over(database, keys, RealtimeLimits.DEFAULT);
        var socket = first.connect()) {
      socket.subscribe("items", JOIN);
    }
    for (int id = 1; id <= 2; id++) {
      TestPostgres.execute(database, "insert into items values (" + id + ")");
      try (var server = RealtimeFixture.over(database, keys, RealtimeLimits.DEFAULT)) {
        Eventually.until(
            PATIENCE,
            () ->
                server.events.stream().anyMatch(event -> event instanceof ChangesEvent.Streaming));
        Thread.sleep(SEVERAL_LOOKS_MS);
      }
    }
    try (var last = RealtimeFixture.over(database, keys, RealtimeLimits.DEFAULT);
        var returning = last.connect().refsFrom(17)) {
      returning.join("items", JOIN);
      returning.next("phx_reply");
      assertThat(nextThree(returning))
          .containsExactly("\"record\":{\"id\":1", "\"record\":{\"id\":2", "Subscribed");
      last.sql("insert into items values (3)");
      assertThat(returning.insertedId()).isEqualTo(3);
      // Somebody has heard of it: the database may forget it.
      var end = RealtimeFixture.endOfLog(database);
      last.sql("insert into items values (4)");
      Eventually.until(PATIENCE, () -> RealtimeFixture.confirms(database, end));
    }
  }

  @Test
  void withoutSubscribersTheSlotIsDropped() throws Exception {
    var database = RealtimeFixture.prepared(SCHEMA);
    TestPostgres.bounded();
    try (var server = server(database);
        var socket = server.connect()) {
      socket.subscribe("items", JOIN);
      assertThat(slots(database)).hasSize(1);
      socket.abort();
      Eventually.until(PATIENCE, () -> server.server().sockets() == 0);
      assertThat(server.server().changes().channels()).isZero();
      server.server().step(System.nanoTime() + Duration.ofMinutes(3).toNanos());
      Eventually.until(PATIENCE, () -> slots(database).isEmpty());
      assertThat(server.server().changes().reading()).isEqualTo(Changes.Reading.OFF);
      try (var next = server.connect()) {
        next.subscribe("items", JOIN);
        assertThat(slots(database)).hasSize(1);
      }
      server.server().forget();
    }
    assertThat(slots(database)).isEmpty();
  }

  @Test
  void aServerThatBoundsNoSlotGetsATemporaryOne() {
    var database = RealtimeFixture.prepared(SCHEMA);
    try (var other = server(database);
        var socket = other.connect()) {
      TestPostgres.unbounded();
      socket.subscribe("items", JOIN);
      assertThat(
              TestPostgres.column(
                  database,
                  "select temporary from pg_replication_slots where database = current_database()"))
          .containsExactly("t");
    } finally {
      TestPostgres.bounded();
    }
    assertThat(slots(database)).isEmpty();
  }

  @Test
  void twoServersOnOneDatabaseBothHear() {
    var database = RealtimeFixture.prepared(SCHEMA);
    TestPostgres.bounded();
    try (var one = server(database);
        var two = server(database);
        var first = one.connect();
        var second = two.connect()) {
      first.subscribe("items", JOIN);
      second.subscribe("items", JOIN);
      one.sql("insert into items values (1)");
      assertThat(first.insertedId()).isEqualTo(1);
      assertThat(second.insertedId()).isEqualTo(1);
    }
  }

  @Test
  void aPublicationThatIsMadeAnewIsReadOn() {
    var database = RealtimeFixture.prepared(SCHEMA);
    TestPostgres.bounded();
    try (var server = server(database);
        var socket = server.connect()) {
      socket.subscribe("items", JOIN);
      server.sql("drop publication supabase_realtime");
      server.sql("insert into items values (1)");
      server.sql("create publication supabase_realtime for table items");
      server.sql("insert into items values (2)");
      // Upstream's own servers lose what happens without a publication; so may we, but not the
      // rest.
      var seen = new ArrayList<Integer>();
      for (int i = 3; i < 60 && !seen.contains(i - 1); i++) {
        server.sql("insert into items values (" + i + ")");
        var frame = socket.next();
        if (frame.contains("postgres_changes\",{\"ids\"")) {
          seen.add(Integer.parseInt(frame.replaceAll(".*\"record\":\\{\"id\":([0-9]+).*", "$1")));
        }
      }
      assertThat(seen).isNotEmpty().isSorted();
    }
  }

  @Test
  void withoutTheRightSettingsItSaysWhatIsMissing() {
    var database = RealtimeFixture.prepared(SCHEMA);
    TestPostgres.execute(database, "alter role supabase_replication_admin noreplication");
    try (var server = server(database);
        var socket = server.connect()) {
      socket.join("items", JOIN);
      assertThat(socket.next("phx_reply").path("status").asString()).isEqualTo("ok");
      var system = socket.next("system");
      assertThat(system.path("status").asString()).isEqualTo("error");
      assertThat(system.path("message").asString())
          .isEqualTo(
              "Realtime cannot read changes: the role supabase_replication_admin cannot log in with"
                  + " REPLICATION");
      var status = server.server().changes();
      assertThat(status.reading()).isEqualTo(Changes.Reading.DOWN);
      assertThat(status.why()).isEqualTo(system.path("message").asString());
      // The rest works, and changes come as soon as they can.
      TestPostgres.execute(database, "alter role supabase_replication_admin replication");
      for (var frame = socket.next(); !frame.contains("Subscribed"); frame = socket.next()) {
        assertThat(frame).contains("cannot read changes");
      }
    } finally {
      TestPostgres.execute(database, "alter role supabase_replication_admin replication");
    }
  }

  @Test
  void aSlotFarBehindIsToldAndGivenUp() throws Exception {
    var database = RealtimeFixture.prepared(SCHEMA);
    TestPostgres.bounded();
    try (var server = server(database);
        var socket = server.connect()) {
      socket.subscribe("items", JOIN);
      var before = slots(database).getFirst();
      var status = server.server().changes();
      assertThat(status.reading()).isEqualTo(Changes.Reading.READING);
      assertThat(status.channels()).isEqualTo(1);
      assertThat(status.slot()).isEqualTo(before);
      server.server().looked(200L << 20);
      assertThat(server.server().changes().reading()).isEqualTo(Changes.Reading.BEHIND);
      assertThat(server.server().changes().lagBytes()).isEqualTo(200L << 20);
      assertThat(server.events).anyMatch(e -> e instanceof ChangesEvent.Lagging);
      server.server().looked(800L << 20);
      assertThat(socket.next("system").path("message").asString())
          .isEqualTo("Some changes were skipped: the connection to the database's log was lost");
      Eventually.until(PATIENCE, () -> slots(database).equals(List.of(before)));
      server.sql("insert into items values (1)");
      assertThat(socket.insertedId()).isEqualTo(1);
    }
  }

  @Test
  void messagesAreForgottenAfterThreeDays() throws Exception {
    var database = RealtimeFixture.prepared("");
    try (var server = server(database)) {
      server.sql(
          "insert into realtime.messages (topic, extension, event, inserted_at) select 't',"
              + " 'broadcast', 'days ago ' || n, (now() at time zone 'utc') - n * interval '1 day'"
              + " from generate_series(1, 5) n");
      server.server().step(System.nanoTime() + Duration.ofMinutes(50).toNanos());
      assertThat(TestPostgres.column(database, "select event from realtime.messages")).hasSize(5);
      server.server().step(System.nanoTime() + Duration.ofMinutes(61).toNanos());
      assertThat(TestPostgres.column(database, "select event from realtime.messages order by 1"))
          .containsExactly("days ago 1", "days ago 2");
    }
  }

  private static boolean isCut(Event event) {
    return event instanceof RealtimeEvent.SlowClient;
  }

  @Test
  void aClientThatDoesNotReadIsCutAndTheOthersAreNot() throws Exception {
    var limits =
        new RealtimeLimits(
            10,
            5,
            5,
            1_000,
            5,
            Duration.ofSeconds(30),
            200_000,
            1_000,
            300_000,
            Duration.ofMinutes(1));
    var database = RealtimeFixture.prepared("");
    var keys = EnvironmentKeys.generate(Clock.systemUTC());
    try (var server = RealtimeFixture.over(database, keys, limits);
        var slow = RawSocket.open(server.port(), server.anon(), "2.0.0", false);
        var sender = server.connect();
        var other = server.connect()) {
      slow.join("flood", "{\"config\":{}}");
      other.join("flood", "{\"config\":{}}");
      other.next("phx_reply");
      var ref = sender.join("flood", "{\"config\":{}}");
      sender.next("phx_reply");
      var payload =
          "{\"type\":\"broadcast\",\"event\":\"e\",\"payload\":{\"x\":\""
              + "y".repeat(100_000)
              + "\"}}";
      int told = 0;
      while (told < 400 && server.events.stream().noneMatch(ResumeTest::isCut)) {
        sender.push(ref, "flood", "broadcast", payload);
        other.next("broadcast");
        told++;
      }
      assertThat(told).isLessThan(400);
      sender.push(ref, "flood", "broadcast", payload);
      other.next("broadcast");
    }
  }

  @Test
  void limitsOfSocketsChannelsAndMessages() {
    var limits =
        new RealtimeLimits(
            2, 2, 50, 1, 2, Duration.ofSeconds(30), 200, 100, 300_000, Duration.ofMinutes(1));
    var database = RealtimeFixture.prepared("");
    var keys = EnvironmentKeys.generate(Clock.systemUTC());
    try (var server = RealtimeFixture.over(database, keys, limits);
        var socket = server.connect();
        var second = server.connect()) {
      assertThat(server.server().sockets()).isEqualTo(2);
      assertThat(second).isNotNull();
      org.assertj.core.api.Assertions.assertThatThrownBy(server::connect)
          .hasStackTraceContaining("429");
      var ref = socket.join("a", "{\"config\":{\"broadcast\":{\"ack\":true}}}");
      socket.next("phx_reply");
      socket.join("b", "{\"config\":{}}");
      socket.next("phx_reply");
      socket.join("c", "{\"config\":{}}");
      assertThat(socket.next("phx_reply").path("response").path("reason").asString())
          .isEqualTo("ChannelRateLimitReached: Too many channels");
      socket.push(
          ref, "a", "broadcast", "{\"event\":\"e\",\"payload\":\"" + "x".repeat(300) + "\"}");
      assertThat(socket.next("phx_reply").path("status").asString()).isEqualTo("error");
      for (int i = 0; i < 9; i++) {
        socket.push(ref, "a", "broadcast", "{\"event\":\"e\"}");
        socket.next("phx_reply");
      }
      socket.push(ref, "a", "broadcast", "{\"event\":\"e\"}");
      assertThat(socket.next("system").path("message").asString())
          .isEqualTo("Too many messages per second");
      socket.next("phx_close");
    }
  }
}
