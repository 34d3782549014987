package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.freehold.postgres.Database;
import dev.freehold.testing.Freehold;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `freehold backend CONFIG` as a stranger runs it: over a PostgreSQL that has never seen Freehold,
/// used by the real client packages, ended by a signal.
class BackendCommandTest {
  private static final Path SUITE = Path.of("src", "test", "js");
  private static final Pattern PORT = Pattern.compile("listening on port ([0-9]+)");
  private static final Pattern SETTING = Pattern.compile("(?m)^([a-z-]+) = \"([^\"]*)\"$");
  private static final int START_SECONDS = 120;

  @TempDir Path folder = Path.of("");
  private final Freehold freehold = Freehold.fresh();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    http.close();
    freehold.close();
  }

  @Test
  void theClientsFindWhatTheyKnowOnAnyPostgres() throws Exception {
    var database = TestPostgres.create();
    var example = freehold.run("backend", "--example").out();
    var config = configuration(example, database);
    try (var backend = start(config)) {
      TestPostgres.execute(
          database.as("postgres", ""),
          Files.readString(SUITE.resolve("schema.sql"))
              + Files.readString(SUITE.resolve("realtime.sql")));
      var builder =
          new ProcessBuilder("node", "suite.mjs")
              .directory(SUITE.toFile())
              .redirectErrorStream(true);
      var environment = builder.environment();
      environment.put("SUPABASE_URL", backend.address());
      environment.put("SUPABASE_ANON_KEY", setting(example, "anon-key"));
      environment.put("SUPABASE_SERVICE_ROLE_KEY", setting(example, "service-role-key"));
      environment.put("SUPABASE_PUBLISHABLE_KEY", setting(example, "publishable-key"));
      environment.put("STORAGE_S3_ACCESS_KEY_ID", "an-access-key-id");
      environment.put("STORAGE_S3_SECRET", "a secret access key");
      environment.put("SUPABASE_SWITCHED", "yes");
      var suite = builder.start();
      var said = new String(suite.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = suite.waitFor();
      assertThat(said.lines().filter(line -> line.startsWith("not ok")).toList())
          .as(said)
          .isEmpty();
      assertThat(exit).as(said).isZero();

      var unknown = get(backend.address() + "/studio");
      assertThat(unknown.statusCode()).isEqualTo(404);
      assertThat(get(backend.address() + "/rest/v1/samples").statusCode()).isEqualTo(401);
      assertThat(get(backend.address() + "/storage/v1/bucket").statusCode()).isEqualTo(400);

      backend.process().destroy();
      assertThat(backend.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void theDemoKeysOpenItWithoutAKeyAndOnlyOnThisMachine() throws Exception {
    var database = TestPostgres.create();
    var config = write("db-uri = \"" + uri(database) + "\"\nport = 0\ndemo-keys = true\n");
    try (var backend = start(config)) {
      assertThat(get(backend.address() + "/rest/v1/").statusCode()).isNotEqualTo(401);
      assertThat(get(backend.address() + "/auth/v1/settings").statusCode()).isEqualTo(200);
      var files = get(backend.address() + "/storage/v1/bucket");
      assertThat(files.statusCode()).isEqualTo(501);
      assertThat(files.body()).contains("storage-folder is not set");
    }
    var said =
        freehold.tryTo(
            "backend", write("db-uri = \"x\"\nhost = \"0.0.0.0\"\ndemo-keys = true\n").toString());
    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.err()).contains("backend-demo-keys-exposed", "→");
  }

  @Test
  void theProjectsOwnWordsAboutSignInCount() throws Exception {
    var project = Files.createDirectories(folder.resolve("project/supabase"));
    Files.writeString(project.resolve("reset.html"), "<p>{{ .Data.nick }}: {{ .Token }}</p>");
    var toml =
        """
        [auth]
        minimum_password_length = 12
        [auth.email.template.recovery]
        subject = "In our own words"
        content_path = "./supabase/reset.html"
        [auth.hook.sing]
        enabled = true
        """;
    var file = Files.writeString(project.resolve("config.toml"), toml);
    var config =
        write(
            """
            db-uri = "%s"
            port = 0
            demo-keys = true
            mail-folder = "%s"
            auth-config = "%s"
            """
                .formatted(uri(TestPostgres.create()), folder.resolve("mails"), file));
    try (var backend = start(config)) {
      var auth = backend.address() + "/auth/v1";
      var ada = "{\"email\":\"ada@example.com\",\"password\":\"%s\",\"data\":{\"nick\":\"Ada\"}}";
      assertThat(post(auth + "/signup", ada.formatted("short")).body()).contains("weak_password");
      assertThat(post(auth + "/signup", ada.formatted("long enough!")).statusCode()).isEqualTo(200);
      assertThat(post(auth + "/recover", "{\"email\":\"ada@example.com\"}").statusCode())
          .isEqualTo(200);
      try (var mails = Files.list(folder.resolve("mails"))) {
        assertThat(mails.map(BackendCommandTest::read))
            .anyMatch(mail -> mail.contains("Subject: In our own words") && mail.contains("Ada: "));
      }
      assertThat(read(folder.resolve("log"))).contains("hook sing: there is no such hook");
    }
  }

  /// What SQL asks for while the backend runs, by its settings `jobs` and `net-allowed-hosts`.
  @Test
  void jobsRunAndSqlAsksOnlyTheHostsThatAreAllowed() throws Exception {
    var asked = new CopyOnWriteArrayList<String>();
    var program = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    program.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    program.start();
    var host = "127.0.0.1:" + program.getAddress().getPort();
    var database = TestPostgres.create();
    var settings = "db-uri = \"" + uri(database) + "\"\nport = 0\ndemo-keys = true\n";
    var ask = "select net.http_get('http://" + host + "/%s')";
    try {
      try (var closed = start(write(settings))) {
        assertThat(closed.address()).isNotEmpty();
        TestPostgres.execute(
            database.as("postgres", ""),
            "create table public.ticks (at timestamptz default now());"
                + "select cron.schedule('tick', '1 second', 'insert into ticks default values');"
                + ask.formatted("refused"));
        await(database, "select count(*) > 1 from public.ticks");
        await(database, "select error_msg like '%does not ask%' from net._http_response");
      }
      var allowed = settings + "net-allowed-hosts = \"localhost:1," + host + "\"\n";
      try (var open = start(write(allowed))) {
        assertThat(open.address()).isNotEmpty();
        TestPostgres.execute(database, ask.formatted("allowed"));
        await(database, "select bool_or(status_code = 204) from net._http_response");
      }
      try (var idle = start(write(allowed + "jobs = false\n"))) {
        TestPostgres.execute(database, "truncate public.ticks; " + ask.formatted("left"));
        for (int second = 0; second < 4; second++) {
          assertThat(get(idle.address() + "/auth/v1/health").statusCode()).isEqualTo(200);
          Thread.sleep(1_000);
        }
        await(database, "select count(*) = 0 from public.ticks");
        await(database, "select count(*) = 1 from net.http_request_queue");
      }
      assertThat(asked).containsExactly("/allowed");
    } finally {
      program.stop(0);
    }
  }

  private static void await(Database database, String condition) throws Exception {
    for (int i = 0; i < 300; i++) {
      if (holds(database, condition)) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError(condition);
  }

  private static boolean holds(Database database, String condition) throws SQLException {
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(condition)) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> post(String address, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aLoginThatMayNotPrepareTheDatabaseIsRefused() throws IOException {
    var database = TestPostgres.create();
    TestPostgres.execute(database, "create role clerk_of_backend login");
    var clerk = uri(database.as("clerk_of_backend", ""));

    var asked = write("db-uri = \"" + clerk + "\"\nport = 0\ndemo-keys = true\nprelude = true\n");
    assertThat(freehold.tryTo("backend", asked.toString()).err())
        .contains("clerk_of_backend may not prepare the database", "backend-prelude-refused");

    var unasked = write("db-uri = \"" + clerk + "\"\nport = 0\ndemo-keys = true\n");
    assertThat(freehold.tryTo("backend", unasked.toString()).err())
        .contains("backend-database-unprepared", "superuser");
  }

  @Test
  void whatIsMissingOrWrongIsSaidWithAHint() throws IOException {
    assertThat(freehold.tryTo("backend", write("port = 0\n").toString()).err())
        .contains("the setting jwt-secret is missing", "--example", "backend-setting-missing");
    assertThat(freehold.tryTo("backend", write("port = \"many\"\n").toString()).err())
        .contains("backend-setting-invalid", "whole number");
    assertThat(freehold.tryTo("backend", folder.resolve("none").toString()).err())
        .contains("there is no such file");
  }

  private Path configuration(String example, Database database) throws IOException {
    return write(
        example
                .replaceAll("(?m)^db-uri = .*$", "db-uri = \"" + uri(database) + "\"")
                .replaceAll("(?m)^port = .*$", "port = 0")
                .replaceAll(
                    "(?m)^mail-folder = .*$", "mail-folder = \"" + folder.resolve("mails") + "\"")
                .replaceAll(
                    "(?m)^storage-folder = .*$",
                    "storage-folder = \"" + folder.resolve("files") + "\"")
            + """
            storage-s3-access-key-id = "an-access-key-id"
            storage-s3-secret = "a secret access key"
            db-plan-enabled = true
            db-aggregates-enabled = true
            db-tx-end = "commit-allow-override"
            mailer-autoconfirm = true
            smtp-max-frequency = "0s"
            external-anonymous-users-enabled = true
            """);
  }

  private static String uri(Database database) {
    return "postgresql://%s@%s:%d/%s"
        .formatted(database.user(), database.host(), database.port(), database.name());
  }

  private static String setting(String example, String name) {
    return SETTING
        .matcher(example)
        .results()
        .filter(found -> found.group(1).equals(name))
        .findFirst()
        .orElseThrow()
        .group(2);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "backend", ".conf"), text);
  }

  private HttpResponse<String> get(String address) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private Backend start(Path config) throws IOException, InterruptedException {
    var log = folder.resolve("log");
    var process =
        new ProcessBuilder(Path.of("freehold").toAbsolutePath().toString(), "backend", "" + config)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    for (int i = 0; i < START_SECONDS * 10 && process.isAlive(); i++) {
      var port = PORT.matcher(Files.readString(log));
      if (port.find()) {
        return new Backend(process, "http://127.0.0.1:" + port.group(1));
      }
      Thread.sleep(100);
    }
    process.destroyForcibly();
    throw new AssertionError(Files.readString(log));
  }

  private record Backend(Process process, String address) implements AutoCloseable {
    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
