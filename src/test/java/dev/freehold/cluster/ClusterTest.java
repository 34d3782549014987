package dev.freehold.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Running;
import dev.freehold.postgres.Database;
import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Event;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClusterTest {
  private static final int AUTHENTICATED = 0;
  private static final int SASL_ASKED = 10;

  private static Path folder;
  private static PostgresEngine engine;

  private final List<Event> events = Collections.synchronizedList(new ArrayList<>());
  private final List<Cluster> started = new ArrayList<>();

  @BeforeAll
  static void unpackTheEngine() throws Exception {
    folder = Files.createTempDirectory("freehold-cluster-test");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    engine = TestEngine.unpacked(folder);
  }

  @AfterAll
  static void clean() {
    DurableFiles.deleteTree(folder);
  }

  @AfterEach
  void stopAll() {
    started.forEach(Cluster::destroy);
  }

  @Test
  void isMadeStartedAndStopped() throws Exception {
    var cluster = cluster("first").create().start();

    assertThat(value(cluster.database(), "show server_version")).startsWith(engine.version());
    assertThat(value(cluster.database(), "show data_checksums")).isEqualTo("on");
    assertThat(value(cluster.database(), "show wal_level")).isEqualTo("logical");
    assertThat(value(cluster.database(), "show fsync")).isEqualTo("on");
    assertThat(value(cluster.database(), "select lower('ÄÖ')")).isEqualTo("äö");
    var status = cluster.status();
    assertThat(status.running()).isTrue();
    assertThat(status.memoryBytes()).isBetween(1L << 20, 150L << 20);
    assertThat(status.dataBytes()).isGreaterThan(10L << 20);

    cluster.stop();

    assertThat(cluster.running()).isFalse();
    assertThat(events)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Created", "Started", "Stopped");
    assertThat(((ClusterEvent.Stopped) events.getLast()).clean()).isTrue();
  }

  @Test
  void aStandInExtensionIsCreatedAlsoInsideABlockAndByAnyRole() throws Exception {
    var cluster = cluster("extended").create().start();
    try (var connection = connect(cluster.database());
        var statement = connection.createStatement()) {
      statement.execute(
          """
          create role owner;
          grant create on database postgres to owner;
          create schema extensions authorization owner;
          set role owner;
          do $$ begin create extension if not exists pg_net with schema extensions; end $$;
          create extension moddatetime schema extensions;
          """);
    }
    assertThat(
            value(
                cluster.database(),
                "select comment from pg_available_extensions"
                    + " where name = 'pg_net' and installed_version = '1.0'"))
        .startsWith("Freehold stand-in");
  }

  @Test
  void letsNobodyInWithoutThePassword() {
    var cluster = cluster("locked").create().start();
    assertThatThrownBy(() -> value(cluster.database().as("supabase_admin", "wrong"), "select 1"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
    var stranger = Cluster.at(folder.resolve("locked"), engine, "wrong", events::add);
    assertThatThrownBy(stranger::start)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("cluster-password-refused");
  }

  @Test
  void theOwnerComesInThroughTheSocketWithoutAPassword() throws Exception {
    var cluster = cluster("owned").create().start();
    var port = cluster.database().port();
    var socket = folder.resolve("owned/socket/.s.PGSQL." + port);

    assertThat(authentication(socket, Cluster.SUPERUSER)).isEqualTo(AUTHENTICATED);
    assertThat(authentication(socket, "anybody")).isEqualTo(SASL_ASKED);
  }

  /// What the server asks of whoever comes through the socket as that role.
  private static int authentication(Path socket, String role) throws Exception {
    var body = ("user\0" + role + "\0database\0postgres\0\0").getBytes(StandardCharsets.UTF_8);
    var hello = ByteBuffer.allocate(8 + body.length);
    hello.putInt(8 + body.length).putInt(3 << 16).put(body).flip();
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(hello);
      var answer = ByteBuffer.allocate(9);
      while (answer.hasRemaining() && channel.read(answer) >= 0) {}
      assertThat((char) answer.get(0)).isEqualTo('R');
      return answer.getInt(5);
    }
  }

  @Test
  void survivesOurDeathAndIsAdopted() throws Exception {
    var home = folder.resolve("orphan");
    var other = startInAnotherJvm(home);
    var cluster = cluster("orphan");
    long pid = cluster.status().pid().orElseThrow();
    int port = cluster.database().port();

    ProcessHandle.of(other.pid()).orElseThrow().destroyForcibly();
    other.exit().get(10, TimeUnit.SECONDS);
    assertThat(cluster.running()).isTrue();
    cluster.start();

    assertThat(events).containsExactly(new ClusterEvent.Adopted(home, pid, port));
    assertThat(value(cluster.database(), "select 1")).isEqualTo("1");
    cluster.stop();
    assertThat(cluster.running()).isFalse();
  }

  @Test
  void recoversAfterThePostmasterWasKilled() throws Exception {
    var cluster = cluster("killed").create().start();
    try (var connection = connect(cluster.database());
        var statement = connection.createStatement()) {
      statement.execute("create table kept as select 42 as n");
    }
    long pid = cluster.status().pid().orElseThrow();
    int port = cluster.database().port();
    var server = ProcessHandle.of(pid).orElseThrow();
    server.destroyForcibly();
    server.onExit().get(10, TimeUnit.SECONDS);
    assertThat(cluster.running()).isFalse();

    cluster.start();

    assertThat(value(cluster.database(), "select n from kept")).isEqualTo("42");
    assertThat(cluster.database().port()).isEqualTo(port);
  }

  @Test
  void aStalePidFileOfAnotherProcessIsNotBelieved() throws Exception {
    var cluster = cluster("stale").create();
    var pidFile = folder.resolve("stale/data/postmaster.pid");
    Files.writeString(
        pidFile, ProcessHandle.current().pid() + "\n/elsewhere\n1\n5432\n\n127.0.0.1\n");
    assertThat(cluster.running()).isFalse();
  }

  @Test
  void theLastCopyHoldsTheDataFolder() throws Exception {
    var cluster = cluster("archived").create().start();
    var copy = cluster.archive(folder.resolve("copies"), "archived-1");
    assertThat(Files.size(copy)).isGreaterThan(1L << 20);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
    if (copy.toString().endsWith(".tar.gz")) {
      var listing = Commands.run(Command.of("tar", "tzf", copy.toString()));
      assertThat(listing.out()).contains("data/PG_VERSION", "data/global/pg_control");
    }
  }

  @Test
  void aMissingClusterIsSaid() {
    assertThatThrownBy(() -> cluster("nowhere").start())
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("cluster-missing");
  }

  private Cluster cluster(String name) {
    var cluster = Cluster.at(folder.resolve(name), engine, "s3cret'\\", events::add);
    started.add(cluster);
    return cluster;
  }

  /// Another Freehold that is killed without a chance to tidy up.
  private Running startInAnotherJvm(Path home) throws Exception {
    var java = Path.of(System.getProperty("java.home")).resolve("bin/java").toString();
    var ready = new java.util.concurrent.CompletableFuture<String>();
    var running =
        Commands.start(
            Command.of(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                StartAndWait.class.getName(),
                home.toString(),
                engine.bin().toString(),
                "s3cret'\\"),
            ready::complete);
    assertThat(ready.get(60, TimeUnit.SECONDS)).isEqualTo("ready");
    return running;
  }

  /// Starts a Cluster and never ends by itself.
  static final class StartAndWait {
    private StartAndWait() {}

    public static void main(String[] arguments) throws InterruptedException {
      Cluster.at(
              Path.of(arguments[0]),
              PostgresEngine.at(Path.of(arguments[1])),
              arguments[2],
              event -> {})
          .create()
          .start();
      System.out.println("ready");
      Thread.sleep(Duration.ofMinutes(2));
    }
  }

  private static java.sql.Connection connect(Database database) throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.properties());
  }

  private static String value(Database database, String query) throws SQLException {
    try (var connection = connect(database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
