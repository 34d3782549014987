package dev.freehold.backend.supabase.rest.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.backend.supabase.rest.config.ConfigurationSource;
import dev.freehold.cluster.Cluster;
import dev.freehold.cluster.TestEngine;
import dev.freehold.os.DurableFiles;
import dev.freehold.problem.ProblemException;
import dev.freehold.testing.TestPostgres;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a REST server answers while its PostgreSQL stops and starts.
final class DatabaseRestartTest {
  /// How long anything may take that has nothing to wait for.
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private static Path folder = Path.of("");
  private static Cluster cluster;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void makeACluster() throws Exception {
    folder = Files.createTempDirectory("freehold-rest-restart");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    cluster =
        Cluster.at(folder.resolve("c"), TestEngine.unpacked(folder), "s3cret", _ -> {})
            .create()
            .start();
    TestPostgres.execute(
        cluster.database(),
        """
        create role web;
        create role enter login password 'right' in role web;
        create table things (id int);
        insert into things values (1);
        grant all on things to web;
        alter role enter set pgrst.db_anon_role = 'web';
        """);
  }

  @AfterAll
  static void destroyIt() {
    cluster.destroy();
    DurableFiles.deleteTree(folder);
  }

  private static StandaloneServer started(String password) {
    var database = cluster.database();
    var environment =
        Map.of(
            "PGRST_DB_URI",
            "postgresql://enter:%s@127.0.0.1:%d/%s"
                .formatted(password, database.port(), database.name()),
            "PGRST_SERVER_HOST",
            "127.0.0.1",
            "PGRST_SERVER_PORT",
            "0");
    var clock = Clock.systemUTC();
    var nowhere = new PrintStream(PrintStream.nullOutputStream());
    return new StandaloneServer(
        new ConfigurationSource(Optional.empty(), environment),
        clock,
        new ProcessLog(nowhere, nowhere, clock));
  }

  private HttpResponse<String> ask(StandaloneServer server, String method) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/things"))
            .method(method, HttpRequest.BodyPublishers.ofString("{\"id\": 2}"))
            .header("Content-Type", "application/json");
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> soon(StandaloneServer server, int status) throws Exception {
    var answer = ask(server, "GET");
    for (int i = 0; i < 100 && answer.statusCode() != status; i++) {
      assertThat(answer.statusCode()).isIn(200, 503);
      Thread.sleep(100);
      answer = ask(server, "GET");
    }
    assertThat(answer.statusCode()).isEqualTo(status);
    return answer;
  }

  @Test
  void itAnswersAtOnceWhileTheDatabaseIsDownAndRecoversByItself() throws Exception {
    cluster.stop();
    long start = System.nanoTime();
    try (var server = started("right")) {
      var early = ask(server, "GET");
      assertThat(early.statusCode()).isEqualTo(503);
      assertThat(early.body()).contains("PGRST002");
      assertThat(early.headers().firstValue("Retry-After")).isPresent();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);

      cluster.start();
      assertThat(soon(server, 200).body()).isEqualTo("[{\"id\":1}]");

      for (int i = 0; i < 2; i++) {
        cluster.stop();
        // What the database holds of the configuration, as who is anonymous, stays in force.
        server.reloadConfiguration();
        start = System.nanoTime();
        assertThat(ask(server, "POST").statusCode()).isEqualTo(503);
        var down = ask(server, "GET");
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(down.body()).containsPattern("PGRST00[012]");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
        cluster.start();
        assertThat(soon(server, 200).body()).isEqualTo("[{\"id\":1}]");
      }
    }
  }

  @Test
  void aPasswordThatIsWrongEndsItAndIsNeverToBeTriedAgain() throws Exception {
    cluster.start();
    try (var server = started("wrong")) {
      assertThatThrownBy(server::await)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("rest-database-unusable");
    }
    try (var server = started("right")) {
      assertThat(soon(server, 200).body()).isEqualTo("[{\"id\":1}]");
      TestPostgres.execute(cluster.database(), "alter role enter nologin");
      cluster.stop();
      cluster.start();
      var refused = ask(server, "GET");
      assertThat(refused.statusCode()).isEqualTo(500);
      assertThat(refused.body()).contains("PGRST000", "not permitted to log in");
      assertThatThrownBy(server::await).hasMessageContaining("rest-database-unusable");
    } finally {
      TestPostgres.execute(cluster.database(), "alter role enter login");
    }
  }
}
