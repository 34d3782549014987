package dev.freehold.backend.supabase.rest.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.backend.supabase.rest.config.ConfigurationSource;
import dev.freehold.postgres.Database;
import dev.freehold.problem.ProblemException;
import dev.freehold.testing.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A REST server with a port of its own, by a configuration file: what it answers around the
/// requests, and how it is told to change.
final class StandaloneServerTest {
  private static final String FIXTURE =
      """
      create table things (id int primary key, name text);
      insert into things values (1, 'one'), (2, 'two');
      do $$ begin
        if not exists (select from pg_roles where rolname = 'rest_web') then
          create role rest_web; create role rest_enter login; grant rest_web to rest_enter;
        end if;
      end $$;
      grant all on things to rest_web;
      create function told(name text) returns text language sql as
        $$ select current_setting(name, true) $$;
      create function before_each() returns void language plpgsql as $$
        begin
          if current_setting('request.headers', true)::json->>'x-stop' is not null then
            raise sqlstate 'PT418' using message = 'stopped';
          end if;
          perform set_config('response.headers', '[{"X-Before": "yes"}]', true);
        end $$;
      """;

  private final HttpClient client = HttpClient.newHttpClient();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder = Path.of("");

  private Database database() {
    var database = TestPostgres.create();
    TestPostgres.execute(database, FIXTURE);
    return database;
  }

  private Path file(Database database, String more) throws IOException {
    var file = folder.resolve("rest.conf");
    Files.writeString(
        file,
        """
        db-uri = "host=%s port=%d dbname=%s user=rest_enter"
        db-anon-role = "rest_web"
        server-host = "127.0.0.1"
        server-port = 0
        db-config = false
        """
                .formatted(database.host(), database.port(), database.name())
            + more);
    return file;
  }

  private StandaloneServer started(Path file) {
    var clock = Clock.systemUTC();
    var log =
        new ProcessLog(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            clock);
    return new StandaloneServer(new ConfigurationSource(Optional.of(file), Map.of()), clock, log);
  }

  private HttpResponse<String> ask(int port, String method, String target, String... headers)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
            .method(method, HttpRequest.BodyPublishers.noBody());
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 200 && !condition.getAsBoolean(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void itAnswersAsTheFileSaysAndLogsIt() throws Exception {
    var file =
        file(
            database(),
            """
            db-pre-request = "before_each"
            server-trace-header = "X-Trace"
            server-timing-enabled = true
            log-level = "info"
            app.settings.company = "Anna"
            """);
    try (var server = started(file)) {
      var rows = ask(server.port(), "GET", "/things?id=eq.1", "Origin", "http://x", "X-Trace", "7");
      assertThat(rows.body()).isEqualTo("[{\"id\":1,\"name\":\"one\"}]");
      assertThat(header(rows, "Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(header(rows, "Access-Control-Expose-Headers")).contains("Content-Range");
      assertThat(header(rows, "X-Trace")).isEqualTo("7");
      assertThat(header(rows, "X-Before")).isEqualTo("yes");
      assertThat(header(rows, "Server-Timing"))
          .matches("jwt;dur=[0-9.]+, parse;.*, plan;.*, transaction;.*, response;.*");
      assertThat(ask(server.port(), "GET", "/rpc/told?name=app.settings.company").body())
          .isEqualTo("\"Anna\"");
      var stopped = ask(server.port(), "GET", "/things", "X-Stop", "1");
      assertThat(stopped.statusCode()).isEqualTo(418);
      assertThat(ask(server.port(), "GET", "/things", "Authorization", "Basic x").statusCode())
          .isEqualTo(200);
      var token = ask(server.port(), "GET", "/things", "Authorization", "Bearer x");
      assertThat(token.statusCode()).isEqualTo(500);
      assertThat(token.body()).contains("PGRST300", "Server lacks JWT secret");
      await(() -> out.toString(StandardCharsets.UTF_8).contains("\" 500 "));
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("127.0.0.1 - rest_web [")
        .contains("\"GET /things?id=eq.1 HTTP/1.1\" 200 ")
        .contains("\"GET /things HTTP/1.1\" 418 ");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("listening on 127.0.0.1:");
  }

  @Test
  void preflightsAreAnsweredForTheOriginsNamed() throws Exception {
    var file = file(database(), "server-cors-allowed-origins = \"http://a, http://b\"\n");
    try (var server = started(file)) {
      var known =
          ask(
              server.port(),
              "OPTIONS",
              "/things",
              "Origin",
              "http://b",
              "Access-Control-Request-Method",
              "PATCH",
              "Access-Control-Request-Headers",
              "X-A, authorization");
      assertThat(header(known, "Access-Control-Allow-Origin")).isEqualTo("http://b");
      assertThat(header(known, "Access-Control-Allow-Credentials")).isEqualTo("true");
      assertThat(header(known, "Access-Control-Allow-Headers"))
          .isEqualTo("Authorization, X-A, Accept, Accept-Language, Content-Language");
      assertThat(header(known, "Access-Control-Allow-Methods"))
          .isEqualTo("GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD");
      var unknown = ask(server.port(), "GET", "/things", "Origin", "http://c");
      assertThat(unknown.statusCode()).isEqualTo(200);
      assertThat(header(unknown, "Access-Control-Allow-Origin")).isEmpty();
    }
  }

  @Test
  void transactionsEndAsTheFileSaysOrTheRequest() throws Exception {
    var file = file(database(), "db-tx-end = \"rollback-allow-override\"\n");
    try (var server = started(file)) {
      var gone = ask(server.port(), "DELETE", "/things?id=eq.1", "Prefer", "return=representation");
      assertThat(gone.body()).contains("one");
      assertThat(ask(server.port(), "GET", "/things").body()).contains("one");
      var done = ask(server.port(), "DELETE", "/things?id=eq.1", "Prefer", "tx=commit");
      assertThat(header(done, "Preference-Applied")).isEqualTo("tx=commit");
      assertThat(ask(server.port(), "GET", "/things").body()).doesNotContain("one");
    }
  }

  @Test
  void theDatabaseHoldsSettingsAndSaysWhenTheyChange() throws Exception {
    var database = database();
    var file = file(database, "");
    Files.writeString(file, Files.readString(file).replace("db-config = false", ""));
    TestPostgres.execute(database, held(database, 1));
    try (var server = started(file)) {
      assertThat(ask(server.port(), "GET", "/things?select=id").body()).isEqualTo("[{\"id\":1}]");
      TestPostgres.execute(database, held(database, 2) + "; notify pgrst, 'reload config'");
      await(() -> rows(server).contains("2"));
      Files.writeString(file, Files.readString(file) + "db-tx-end = \"wrong\"\n");
      server.reloadConfiguration();
      assertThat(rows(server)).contains("2");
      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains("the configuration stays as it was: rest-setting-invalid");
    }
  }

  private static String held(Database database, int rows) {
    return "alter role rest_enter in database %s set pgrst.db_max_rows = '%d'"
        .formatted(database.name(), rows);
  }

  private String rows(StandaloneServer server) {
    try {
      return ask(server.port(), "GET", "/things?select=id").body();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theAdminPortTellsHowItIs() throws Exception {
    int admin = freePort();
    var file = file(database(), "admin-server-port = " + admin + "\n");
    try (var server = started(file)) {
      assertThat(ask(admin, "GET", "/live").statusCode()).isEqualTo(200);
      await(() -> server.schema().isPresent());
      assertThat(ask(admin, "GET", "/ready").statusCode()).isEqualTo(200);
      assertThat(ask(admin, "GET", "/schema_cache").body()).contains("\"things\"");
      assertThat(ask(admin, "GET", "/metrics").body())
          .contains("pgrst_db_pool_max 10\n", "pgrst_schema_cache_loads_total{status=\"SUCCESS\"} ")
          .containsPattern("pgrst_db_pool_available [1-9]")
          .contains("freehold_db_pool_opened ", "freehold_db_batches_active 0\n");
      assertThat(ask(admin, "GET", "/x").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aDatabaseThatIsDownIsWaitedForAndAWrongLoginIsNot() throws Exception {
    int admin = freePort();
    var nowhere = new Database("127.0.0.1", freePort(), "none", "rest_enter", "");
    try (var server = started(file(nowhere, "admin-server-port = " + admin + "\n"))) {
      assertThat(ask(admin, "GET", "/ready").statusCode()).isEqualTo(503);
      var answer = ask(server.port(), "GET", "/things");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(header(answer, "Retry-After")).isNotEmpty();
    }
    var database = database();
    var file = file(database, "");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("user=rest_enter", "user=nobody_here")
            .replace("db-config = false", ""));
    try (var server = started(file)) {
      assertThatThrownBy(server::await)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("rest-database-unusable");
      assertThat(ask(server.port(), "GET", "/things").statusCode()).isIn(500, 503);
    }
  }

  @Test
  void withoutRecoveryADatabaseThatIsDownEndsIt() throws Exception {
    var nowhere = new Database("127.0.0.1", freePort(), "none", "rest_enter", "");
    try (var server = started(file(nowhere, "db-pool-automatic-recovery = false\n"))) {
      assertThatThrownBy(server::await).hasMessageContaining("rest-database-unusable");
    }
    var database = database();
    try (var server = started(file(database, "db-pool-automatic-recovery = false\n"))) {
      await(() -> server.schema().isPresent());
      TestPostgres.execute(
          database,
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where pid <> pg_backend_pid() and datname = current_database()");
      assertThatThrownBy(server::await).hasMessageContaining("rest-database-unusable");
    }
  }

  @Test
  void thePoolIsAsLargeAndAsPatientAsTheFileSays() throws Exception {
    var database = database();
    TestPostgres.execute(
        database, "create function slow() returns void language sql as $$ select pg_sleep(2) $$");
    int admin = freePort();
    var file =
        file(
            database,
            "db-pool = 1\ndb-pool-acquisition-timeout = 1\nadmin-server-port = " + admin + "\n");
    try (var server = started(file)) {
      await(() -> server.schema().isPresent());
      var slow =
          client.sendAsync(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/rpc/slow"))
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      Thread.sleep(300);
      var refused = ask(server.port(), "GET", "/things");
      assertThat(refused.statusCode()).isEqualTo(504);
      assertThat(refused.body()).contains("PGRST003");
      assertThat(slow.get().statusCode()).isEqualTo(204);
      assertThat(ask(admin, "GET", "/metrics").body())
          .contains("pgrst_db_pool_max 1\n", "pgrst_db_pool_timeouts_total 1\n");
    }
  }

  @Test
  void statementsAreLoggedAndUnnamedAsTheFileSays() throws Exception {
    var database = database();
    TestPostgres.execute(
        database,
        "create function prepared() returns int language sql as"
            + " $$ select count(*)::int from pg_prepared_statements $$");
    var file = file(database, "log-query = true\nlog-level = \"warn\"\n");
    try (var server = started(file)) {
      ask(server.port(), "GET", "/things?id=eq.1");
      assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("WITH", "set_config");
      ask(server.port(), "GET", "/things?id=eq.x");
      await(() -> err.toString(StandardCharsets.UTF_8).contains("\"public\".\"things\""));
      assertThat(err.toString(StandardCharsets.UTF_8)).contains("set_config('search_path', ");
      assertThat(ask(server.port(), "GET", "/rpc/prepared").body()).isNotEqualTo("0");
      Files.writeString(file, Files.readString(file) + "db-prepared-statements = false\n");
      server.reloadConfiguration();
      for (int i = 0; i < 5; i++) {
        assertThat(ask(server.port(), "GET", "/rpc/prepared").body()).isEqualTo("0");
      }
    }
  }

  @Test
  void aServerOnASocketIsServedByIt() throws Exception {
    var database = database();
    String folderOfServer;
    try (var connection =
            java.sql.DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var statement = connection.createStatement();
        var rows = statement.executeQuery("show unix_socket_directories")) {
      rows.next();
      folderOfServer = rows.getString(1);
    }
    var file = file(database, "");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("host=" + database.host(), "host=" + folderOfServer)
            .replace("db-config = false", "db-config = true"));
    try (var server = started(file)) {
      assertThat(ask(server.port(), "GET", "/things?id=eq.1").body()).contains("one");
    }
  }

  @Test
  void aUnixSocketHasTheModeOfTheFile() throws Exception {
    var socket = folder.resolve("rest.sock");
    var file =
        file(
            database(),
            "server-unix-socket = \"" + socket + "\"\nserver-unix-socket-mode = \"640\"\n");
    try (var server = started(file);
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-r-----");
      assertThat(server.port()).isZero();
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(
          ByteBuffer.wrap(
              "GET /things?id=eq.2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII)));
      var answer = ByteBuffer.allocate(1 << 16);
      while (channel.read(answer) >= 0) {}
      assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 OK")
          .endsWith("[{\"id\":2,\"name\":\"two\"}]");
    }
    assertThat(socket).doesNotExist();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
