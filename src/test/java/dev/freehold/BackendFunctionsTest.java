package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.backend.supabase.standalone.BackendConfiguration;
import dev.freehold.backend.supabase.standalone.BackendServer;
import dev.freehold.postgres.Database;
import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Event;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `freehold backend` with a project's functions: called by the real client, by an auth hook and by
/// a database webhook, with the owner's variables, and bundled anew when they change.
class BackendFunctionsTest {
  private static final Path TOOLCHAINS = Path.of("target", "test-toolchains").toAbsolutePath();
  private static final String ANON =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
          + "eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9"
          + ".CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0";

  private static final String GREETING =
      "export const greeting = (name: string) => `Hello, ${name}`;\n";

  private static final String TOKEN_HOOK =
      """
      import { Webhook } from "npm:standardwebhooks@1.0.0";
      Deno.serve(async (req) => {
        const body = await req.text();
        const secret = Deno.env.get("HOOK_SECRET")!.replace("v1,whsec_", "");
        const event = new Webhook(secret).verify(body, Object.fromEntries(req.headers));
        return Response.json({ claims: { ...event.claims, plan: "gold" } });
      });
      """;

  private static final String WEBHOOK =
      """
      Deno.serve(async (req) => {
        const { type, record } = await req.json();
        const url = `${Deno.env.get("SUPABASE_URL")}/rest/v1/heard`;
        const key = Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!;
        const answer = await fetch(url, {
          method: "POST",
          headers: { apikey: key, authorization: `Bearer ${key}`, "content-type": "application/json" },
          body: JSON.stringify({ what: `${type} ${record.name}` }),
        });
        return new Response(null, { status: answer.status });
      });
      """;

  private static final String ODDS =
      """
      Deno.serve((req) => {
        if (req.headers.get("upgrade") === "websocket") {
          const { socket, response } = Deno.upgradeWebSocket(req);
          socket.onmessage = (e) => socket.send(`you said ${e.data}`);
          return response;
        }
        const names = ["PLAIN", "QUOTED", "FROM_TOML", "FROM_ENV", "SUPABASE_URL", "SUPABASE_DB_URL"];
        return Response.json(Object.fromEntries(names.map((n) => [n, Deno.env.get(n) ?? null])));
      });
      """;

  private static final String CONFIG =
      """
      [functions.token-hook]
      verify_jwt = false
      [functions.odds]
      verify_jwt = false
      [functions.off]
      enabled = false
      [edge_runtime.secrets]
      FROM_TOML = "plain"
      FROM_ENV = "env(GIVEN)"
      HOOK_SECRET = "v1,whsec_%s"
      [auth.hook.custom_access_token]
      enabled = true
      uri = "http://127.0.0.1:%d/functions/v1/token-hook"
      secrets = "v1,whsec_%s"
      """;

  @TempDir Path folder = Path.of("");
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private Path functions = Path.of("");
  private int port;

  @BeforeEach
  void project() throws IOException {
    functions = Files.createDirectories(folder.resolve("project/supabase/functions"));
    port = freePort();
    var secret = "c2VjcmV0IGZvciBob29rcyBhbmQgbm9ib2R5IGVsc2U=";
    Files.writeString(
        functions.resolveSibling("config.toml"), CONFIG.formatted(secret, port, secret));
    write("hello/index.ts", FunctionsJourneyTest.HELLO);
    write("_shared/greeting.ts", GREETING);
    write("token-hook/index.ts", TOKEN_HOOK);
    write("webhook/index.ts", WEBHOOK);
    write("odds/index.ts", ODDS);
    write("off/index.ts", "throw new Error('never');");
    write(
        ".env", "PLAIN=some words # and no more\nexport QUOTED=\"two\\nlines\"\nSUPABASE_URL=x\n");
    // What every start would fetch anew.
    Files.createDirectories(TOOLCHAINS);
    Files.createSymbolicLink(
        Files.createDirectories(folder.resolve("work")).resolve("toolchains"), TOOLCHAINS);
  }

  @AfterEach
  void close() {
    http.close();
  }

  @Test
  void theProjectsFunctionsAreServed() throws Exception {
    var database = TestPostgres.create();
    try (var backend = backend(database, Map.of("GIVEN", "by the machine"))) {
      TestPostgres.execute(database.as("postgres", ""), FunctionsJourneyTest.VISITORS + webhook());
      TestPostgres.execute(database.as("postgres", ""), "notify pgrst, 'reload schema'");
      assertThat(backend.port()).isEqualTo(port);
      var said = FunctionsJourneyTest.client("http://127.0.0.1:" + port, ANON);
      FunctionsJourneyTest.assertClientIsAnswered(said);

      assertThat(get("/odds").body())
          .contains("\"PLAIN\":\"some words\"", "\"QUOTED\":\"two\\nlines\"")
          .contains("\"FROM_TOML\":\"plain\"", "\"FROM_ENV\":\"by the machine\"")
          .contains("\"SUPABASE_URL\":\"http://127.0.0.1:" + port + "\"")
          .contains("\"SUPABASE_DB_URL\":\"postgresql://");
      assertThat(get("/off").statusCode()).isEqualTo(404);
      assertThat(spoken()).isEqualTo("you said hello");

      assertThat(signUp()).contains("\"plan\":\"gold\"");
      // The row that the client's own call made was a webhook's event.
      eventually(() -> heard(database).equals("INSERT Ada"));
      reloads(backend);
    }
    assertThat(folder.resolve("work/instances")).isEmptyDirectory();
  }

  private void reloads(BackendServer backend) throws Exception {
    write("_shared/greeting.ts", GREETING.replace("Hello", "Good day"));
    write("fresh/index.ts", "Deno.serve(() => new Response('fresh'));");
    backend.reloadFunctions();
    assertThat(post("/fresh", "").body()).isEqualTo("fresh");
    assertThat(post("/hello", "{\"name\":\"Bob\"}").body()).contains("Good day, Bob");
    write("fresh/index.ts", "import x from './nowhere.ts'; Deno.serve(() => x);");
    backend.reloadFunctions();
    assertThat(events.getLast().describe()).contains("supabase/functions/fresh/index.ts:1");
    assertThat(post("/fresh", "").body()).isEqualTo("fresh");
  }

  @Test
  void aChangedFileIsBundledAtOnceWhereThatIsAskedFor() throws Exception {
    for (var name : List.of("hello", "token-hook", "webhook", "off")) {
      Files.delete(functions.resolve(name + "/index.ts"));
    }
    var asked = Map.of("FREEHOLD_BACKEND_FUNCTIONS_WATCH", "true");
    try (var backend = backend(TestPostgres.create(), asked)) {
      assertThat(backend.port()).isEqualTo(port);
      write("odds/index.ts", "Deno.serve(() => new Response('changed'));");
      eventually(() -> get("/odds").body().equals("changed"));
    }
  }

  @Test
  void whatCannotBeServedEndsTheStart() throws Exception {
    var database = TestPostgres.create();
    write("odds/index.ts", "import 'npm:no-such-package-of-freehold';");
    assertThatThrownBy(() -> backend(database, Map.of()).close())
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().code()).isEqualTo("function-import-unresolved"));
    var elsewhere = Map.of("FREEHOLD_BACKEND_FUNCTIONS", folder.toString());
    assertThatThrownBy(() -> backend(database, elsewhere).close())
        .hasMessageContaining("functions is not usable");
  }

  private String webhook() {
    return """
    create table public.heard (what text);
    create trigger tell after insert on public.visitors for each row
    execute function supabase_functions.http_request(
      'http://127.0.0.1:%d/functions/v1/webhook', 'POST',
      '{"content-type":"application/json","authorization":"Bearer %s"}', '{}', '5000');
    """
        .formatted(port, ANON);
  }

  private BackendServer backend(Database database, Map<String, String> variables)
      throws IOException {
    var file =
        Files.writeString(
            folder.resolve("backend.conf"),
            """
            db-uri = "postgresql://%s@%s:%d/%s"
            port = %d
            demo-keys = true
            mailer-autoconfirm = true
            auth-config = "%s"
            functions = "%s"
            functions-cache = "%s"
            """
                .formatted(
                    database.user(),
                    database.host(),
                    database.port(),
                    database.name(),
                    port,
                    functions.resolveSibling("config.toml"),
                    functions,
                    folder.resolve("work")));
    return new BackendServer(
        BackendConfiguration.read(Optional.of(file), variables),
        "test",
        new BackendServer.Tools(
            images -> {
              throw new IllegalStateException("no images are made here");
            },
            new BackendFunctions(System.getenv(), line -> {})),
        Clock.systemUTC(),
        events::add);
  }

  private String signUp() throws Exception {
    var answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/auth/v1/signup"))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"email\":\"bea@example.com\",\"password\":\"correct horse\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    var token = answer.body().replaceFirst("(?s).*\"access_token\":\"[^.]*\\.([^.]*)\\..*", "$1");
    return new String(
        java.util.Base64.getUrlDecoder().decode(token), java.nio.charset.StandardCharsets.UTF_8);
  }

  private String spoken() throws Exception {
    var said = new CompletableFuture<String>();
    var socket =
        http.newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://127.0.0.1:" + port + "/functions/v1/odds"),
                new WebSocket.Listener() {
                  @Override
                  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean end) {
                    said.complete(data.toString());
                    return CompletableFuture.completedFuture(null);
                  }
                })
            .get(20, TimeUnit.SECONDS);
    socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
    try {
      return said.get(10, TimeUnit.SECONDS);
    } finally {
      socket.abort();
    }
  }

  private HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(address(path)).build());
  }

  private HttpResponse<String> post(String path, String body) {
    return send(
        HttpRequest.newBuilder(address(path))
            .header("Authorization", "Bearer " + ANON)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + port + "/functions/v1" + path);
  }

  private static void eventually(BooleanSupplier holds) throws InterruptedException {
    for (int i = 0; i < 300 && !holds.getAsBoolean(); i++) {
      Thread.sleep(100);
    }
    assertThat(holds.getAsBoolean()).isTrue();
  }

  private void write(String path, String text) throws IOException {
    var file = functions.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String heard(Database database) {
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select string_agg(what, ',') from public.heard")) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
