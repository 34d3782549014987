package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.cluster.Cluster;
import dev.freehold.cluster.TestEngine;
import dev.freehold.os.DurableFiles;
import dev.freehold.postgres.Database;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.BackendProcess;
import dev.freehold.testing.ItemListener;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Clients that are subscribed to changes while the server is killed and PostgreSQL is restarted
/// under them, and somebody writes all the time: `freehold backend` in a process of its own, the
/// real client in another, a cluster with the settings of every app's.
class RealtimeCrashTest {
  private static final String SCHEMA =
      """
      create table items (id int primary key, owner uuid not null);
      alter table items enable row level security;
      create policy own on items for select to authenticated using (owner = auth.uid());
      grant select on items to authenticated;
      alter publication supabase_realtime add table items;
      """;

  /// How long before a kill what was told may not have been noted with the slot yet.
  private static final Duration UNNOTED = Duration.ofMillis(500);

  private final List<AutoCloseable> open = new ArrayList<>();
  private Path folder = Path.of("");
  private Cluster cluster;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createTempDirectory("freehold-realtime-crash");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    open.add(() -> DurableFiles.deleteTree(folder));
    cluster =
        Cluster.at(folder.resolve("c"), TestEngine.unpacked(folder), "admins", Events.NONE)
            .create()
            .start();
    open.add(cluster::destroy);
  }

  @AfterEach
  void close() throws Exception {
    for (var one : open.reversed()) {
      one.close();
    }
  }

  private BackendProcess backend() {
    var backend = BackendProcess.start(folder, cluster.database(), "");
    open.add(backend);
    return backend;
  }

  private ItemListener listener(BackendProcess backend, String email) {
    var listener = ItemListener.start(backend, email);
    open.add(listener);
    return listener;
  }

  private static String signUp(BackendProcess backend, String email) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var body = "{\"email\":\"" + email + "\",\"password\":\"a password of the test\"}";
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create(backend.address() + "/auth/v1/signup"))
                  .header("apikey", BackendProcess.ANON_KEY)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return answer.body().replaceAll("(?s).*\"user\":\\{\"id\":\"([^\"]+)\".*", "$1");
    }
  }

  /// Writes a row every few milliseconds, each second one somebody else's, until it is ended; goes
  /// on where it was when the database was away.
  private static final class Writer implements AutoCloseable {
    private final Database database;
    private final String owner;
    private final Map<Integer, Long> writtenAt = new HashMap<>();
    private final Thread thread;
    private volatile boolean ended;
    private int next = 1;

    Writer(Database database, String owner) {
      this.database = database;
      this.owner = owner;
      this.thread = Thread.ofPlatform().start(this::write);
    }

    private void write() {
      while (!ended) {
        try (var connection =
                DriverManager.getConnection(database.jdbcUrl(), database.properties());
            var insert =
                connection.prepareStatement(
                    "insert into items select ?, case when ? then ?::uuid else"
                        + " gen_random_uuid() end on conflict do nothing")) {
          while (!ended) {
            insert.setInt(1, next);
            insert.setBoolean(2, next % 2 == 1);
            insert.setString(3, owner);
            insert.executeUpdate();
            writtenAt.put(next, System.nanoTime());
            next++;
            Thread.sleep(4);
          }
        } catch (SQLException e) {
          pause();
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    private static void pause() {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /// Ends, and answers the ids that the owner must have heard of.
    List<Integer> owned() {
      close();
      return IntStream.range(1, next).filter(id -> id % 2 == 1).boxed().toList();
    }

    @Override
    public void close() {
      ended = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aKilledServerLosesNothingAndTellsTwiceOnlyWhatWasJustTold() throws Exception {
    var backend = backend();
    TestPostgres.execute(cluster.database(), SCHEMA);
    var ann = signUp(backend, "ann@example.com");
    signUp(backend, "bob@example.com");
    var listener = listener(backend, "ann@example.com");
    var other = listener(backend, "bob@example.com");
    var writer = new Writer(cluster.database(), ann);
    open.add(writer);
    var kills = new ArrayList<Long>();
    for (int kill = 1; kill <= 3; kill++) {
      Thread.sleep(700L + 300L * kill);
      kills.add(System.nanoTime());
      backend.kill();
      Thread.sleep(200L * kill);
      backend.startAgain();
      listener.awaitSystem("Subscribed to PostgreSQL", kill + 1);
    }
    var owned = writer.owned();
    listener.await(one -> one.ids("INSERT").contains(owned.getLast()), Duration.ofSeconds(30));

    var twice = new ArrayList<Integer>();
    var seen = new HashSet<Integer>();
    for (int id : listener.ids("INSERT")) {
      if (!seen.add(id)) {
        twice.add(id);
      }
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(owned);
    assertThat(twice)
        .as("told twice")
        .allSatisfy(id ->
            assertThat(kills)
                .anyMatch(at ->
                    Math.abs(at - writer.writtenAt.getOrDefault(id, 0L)) < UNNOTED.toNanos()));
    assertThat(other.ids("INSERT")).isEmpty();
    assertThat(backend.said()).contains("reading changes by the lasting slot");
  }

  @Test
  void anOrderlyRestartOfTheServerLosesNothingAndTellsNothingTwice() throws Exception {
    var backend = backend();
    TestPostgres.execute(cluster.database(), SCHEMA);
    var ann = signUp(backend, "ann@example.com");
    var listener = listener(backend, "ann@example.com");
    var writer = new Writer(cluster.database(), ann);
    open.add(writer);
    for (int restart = 1; restart <= 3; restart++) {
      Thread.sleep(600);
      backend.end();
      Thread.sleep(300L * restart);
      backend.startAgain();
      listener.awaitSystem("Subscribed to PostgreSQL", restart + 1);
    }
    var owned = writer.owned();
    listener.await(one -> one.ids("INSERT").size() >= owned.size(), Duration.ofSeconds(30));
    Thread.sleep(500);
    assertThat(listener.ids("INSERT")).isSorted().containsExactlyElementsOf(owned);
  }

  @Test
  void aRestartOfPostgresLosesNothingAndTellsNothingTwice() throws Exception {
    var backend = backend();
    TestPostgres.execute(cluster.database(), SCHEMA);
    var ann = signUp(backend, "ann@example.com");
    var listener = listener(backend, "ann@example.com");
    var writer = new Writer(cluster.database(), ann);
    open.add(writer);
    for (int restart = 0; restart < 4; restart++) {
      Thread.sleep(600);
      if (restart % 2 == 0) {
        cluster.stop();
      } else {
        ProcessHandle.of(cluster.status().pid().orElseThrow()).orElseThrow().destroyForcibly();
        while (cluster.running()) {
          Thread.sleep(20);
        }
      }
      Thread.sleep(300);
      startPostgres();
    }
    Thread.sleep(1_000);
    var owned = writer.owned();
    listener.await(one -> one.ids("INSERT").size() >= owned.size(), Duration.ofSeconds(30));
    Thread.sleep(500);
    assertThat(listener.ids("INSERT")).isSorted().containsExactlyElementsOf(owned);
    assertThat(listener.systems()).containsExactly("Subscribed to PostgreSQL");
  }

  /// PostgreSQL's log tells of a commit before other sessions see it; while a standby is waited
  /// for, long before.
  @Test
  void aRowIsToldThoughItsCommitCouldNotBeSeenYet() throws Exception {
    var backend = backend();
    TestPostgres.execute(cluster.database(), SCHEMA);
    var ann = signUp(backend, "ann@example.com");
    var listener = listener(backend, "ann@example.com");
    var standby = "alter system set synchronous_standby_names = '%s'";
    var local = "set synchronous_commit = local; ";
    TestPostgres.execute(cluster.database(), standby.formatted("nobody"));
    TestPostgres.execute(cluster.database(), local + "select pg_reload_conf()");
    Thread.sleep(300);
    var committing =
        Thread.ofPlatform()
            .start(() ->
                TestPostgres.execute(
                    cluster.database(), "insert into items values (1, '" + ann + "')"));
    Thread.sleep(800);
    assertThat(committing.isAlive()).isTrue();
    TestPostgres.execute(cluster.database(), "alter system reset synchronous_standby_names");
    TestPostgres.execute(cluster.database(), local + "select pg_reload_conf()");
    committing.join();
    listener.await(one -> one.ids("INSERT").equals(List.of(1)), Duration.ofSeconds(10));
  }

  /// Children of a killed server may hold its memory for a moment.
  private void startPostgres() throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      try {
        cluster.start();
        return;
      } catch (RuntimeException e) {
        if (attempt == 20) {
          throw e;
        }
        Thread.sleep(250);
      }
    }
  }
}
