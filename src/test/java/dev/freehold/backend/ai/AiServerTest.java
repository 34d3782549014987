package dev.freehold.backend.ai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.ProcessPass;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.store.Store;
import dev.freehold.target.thishost.NodeScripts;
import dev.freehold.telemetry.Event;
import dev.freehold.testing.ModelServer;
import dev.freehold.testing.TempFolder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What apps get from the gateway, asked by the real packages and by hand, from a real provider
/// over HTTP.
class AiServerTest {
  private static final Path SCRIPTS = Path.of("src", "test", "js");
  private static final String SCOPE = "shop/production";
  private static final int CLIENT_SECONDS = 60;
  private static final String SETTINGS =
      """
      {"key": "%s", "models": {"google/gemini-2.5-flash": "usual", "google/ears": "ears"},
       "prices": {"usual": "1,10", "painter": "0,0,0.04"}}
      """
          .formatted(ModelServer.KEY);

  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final HttpEngine engine = HttpEngine.start(events::add);
  private final ModelServer models = ModelServer.start();
  private final Path file = TempFolder.create("fh-ai").resolve("freehold.db");
  private Store store = Store.open(file);
  private AiLedger ledger = new AiLedger(store, Clock.systemUTC());
  private final ProcessPass pass = new ProcessPass("a secret of the environment");
  private final AiServer server =
      new AiServer(
          new AiServer.Scope(SCOPE, "shop", pass),
          Optional.empty(),
          AiLimits.DEFAULT,
          new AiServer.Ground(ledger, Clock.systemUTC(), events::add));
  private final int port = engine.listen(ListenSpec.tcp("127.0.0.1", 0), server).port();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    http.close();
    server.close();
    engine.close();
    models.close();
    store.close();
  }

  private void use(String settings) {
    var wanted = (ObjectNode) JsonMapper.shared().readTree(settings);
    wanted.put("url", models.url());
    server.use(Optional.of(AiProviderChange.of(Optional.empty(), wanted)));
  }

  @Test
  void realPackagesAreAnsweredAndTheirCallsAreCounted() throws Exception {
    use(SETTINGS);
    var said = packages();
    assertThat(said.path("fetch").asString()).isEqualTo("Hello from usual");
    assertThat(said.path("request").toString()).isEqualTo("[\"Hello from usual\",36]");
    assertThat(said.path("rawStream").toString()).isEqualTo("[\"text/event-stream\",5,false]");
    assertThat(said.path("image").asString()).isEqualTo("data:image/png;base64,aW1hZ2U=");
    assertThat(said.path("rateLimit").toString()).isEqualTo("[429,\"7\",\"Slow down\"]");
    assertThat(said.path("openai").toString()).isEqualTo("[\"Hello from usual\",150]");
    assertThat(said.path("openaiStream").toString()).isEqualTo("[\"word0 word1 word2 \",150]");
    assertThat(said.path("openaiTools").path("name").asString()).isEqualTo("weather");
    assertThat(said.path("openaiPicky").asString()).isEqualTo("Hello from picky");
    assertThat(said.path("openaiImage").asString()).isEqualTo("aW1hZ2U=");
    assertThat(said.path("openaiSound").asString()).isEqualTo("spoken words");
    assertThat(said.path("openaiSpeech").asInt()).isEqualTo(300_000);
    assertThat(said.path("openaiModels").asString()).isEqualTo("usual");
    assertThat(said.path("openaiResponses").asString()).isEqualTo("A response");
    assertThat(said.path("openaiBroken").path("status").asInt()).isEqualTo(500);
    assertThat(said.path("sdk").asString()).isEqualTo("Hello from usual");
    assertThat(said.path("sdkStream").toString()).isEqualTo("[\"word0 \",\"word1 \",\"word2 \"]");
    assertThat(said.path("sdkTools").toString()).isEqualTo("{\"city\":\"Ulm\"}");
    assertThat(said.path("sdkEmbedding").toString()).isEqualTo("[0.25,-0.5]");
    assertThat(said.path("sdkResponses").asString()).isEqualTo("A response");
    assertThat(said.path("axios").asString()).isEqualTo("Hello from usual");
    assertThat(said.path("nodeHttps").asString()).isEqualTo("Hello from usual");
    assertThat(said.path("leaveStream").asString()).isEqualTo("left");
    assertThat(said.path("leaveWaiting").path("failed").asString()).isEqualTo("AbortError");
    assertThat(
            List.of(
                models.left().poll(10, TimeUnit.SECONDS), models.left().poll(10, TimeUnit.SECONDS)))
        .containsExactlyInAnyOrder("endless", "asleep");
    assertThat(said.toString() + events).doesNotContain(ModelServer.KEY);
    assertUsageIsWhole();
    assertProviderSawOnlyItsOwn();
  }

  private void assertUsageIsWhole() {
    var flash = row("google/gemini-2.5-flash");
    assertThat(flash.used()).isEqualTo("usual");
    assertThat(List.of(flash.calls(), flash.tokensIn(), flash.tokensOut()))
        .containsExactly(1L, 100L, 50L);
    assertThat(AiPrice.text(flash.costNanos())).isEqualTo("0.0006");
    // A request, 4 of fetch and openai and its tools, 3 of the SDK, 2 others: 100 + 50 tokens; a
    // response: 11 + 7.
    var usual = row("usual");
    assertThat(List.of(usual.calls(), usual.tokensIn(), usual.tokensOut(), usual.failures()))
        .containsExactly(12L, 11 * 100L + 11, 11 * 50L + 7, 0L);
    assertThat(AiPrice.text(row("painter").costNanos())).isEqualTo("0.08");
    assertThat(row("busy").failures()).isEqualTo(1);
    assertThat(row("broken").failures()).isEqualTo(1);
    assertThat(row("endless").failures()).isEqualTo(1);
    assertThat(row("endless").tokensOut()).isPositive();
    assertThat(row("google/text-embedding-004").tokensIn()).isEqualTo(8);
    assertThat(row("openai/gpt-6-astra").tokensOut()).isEqualTo(7);
  }

  private void assertProviderSawOnlyItsOwn() {
    assertThat(models.asked())
        .allSatisfy(asked -> {
          assertThat(asked.header("Authorization")).isEqualTo("Bearer " + ModelServer.KEY);
          assertThat(asked.headers()).doesNotContainKeys("Lovable-api-key", "X-freehold-ai");
        });
    var sound =
        models.asked().stream()
            .filter(asked -> asked.path().endsWith("transcriptions"))
            .findFirst()
            .orElseThrow();
    assertThat(sound.body()).contains("\r\n\r\nears\r\n").hasSizeGreaterThan(200_000);
  }

  private AiLedger.Row row(String asked) {
    return ledger.rows(SCOPE, ledger.month()).stream()
        .filter(row -> row.asked().equals(asked))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutAProviderOrAPassNothingIsAnswered() throws Exception {
    var none = chat("{\"model\":\"usual\",\"messages\":[]}");
    assertThat(none.statusCode()).isEqualTo(501);
    var error = JsonMapper.shared().readTree(none.body());
    assertThat(error.path("error").path("message").asString())
        .contains("freehold ai set shop --url");
    assertThat(error.path("error").path("code").asString()).isEqualTo("ai_not_configured");
    assertThat(error.path("message").asString()).contains("freehold ai set");
    assertThat(none.headers().firstValue("x-should-retry")).hasValue("false");

    use(SETTINGS);
    for (var wrong : List.of("", "hello", "hello.AAAA", pass.of("hello") + "x", ".x")) {
      assertThat(post("/v1/chat/completions", wrong, "{\"model\":\"usual\"}").statusCode())
          .isEqualTo(401);
    }
    var other = new ProcessPass("another environment").of("hello");
    assertThat(post("/v1/chat/completions", other, "{}").statusCode()).isEqualTo(401);
    assertThat(post("/v1/fine_tuning/jobs", pass.of("hello"), "{}").statusCode()).isEqualTo(404);
    assertThat(models.asked()).isEmpty();
  }

  @Test
  void aRefusedKeyIsToldWithoutTheKey() throws Exception {
    use("{\"key\":\"sk-wrong-key\"}");
    var answer = chat("{\"model\":\"usual\",\"messages\":[]}");
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body())
        .contains("refused the owner's key", "freehold ai set shop --new-key")
        .doesNotContain("sk-wrong-key", ModelServer.KEY);
    assertThat(events.toString()).contains("refused").doesNotContain("sk-wrong-key");
    models.close();
    var gone = chat("{\"model\":\"usual\",\"messages\":[]}");
    assertThat(gone.statusCode()).isEqualTo(502);
    assertThat(gone.body()).contains("could not be reached");
  }

  @Test
  void badRequestsAreRefusedBeforeTheProvider() throws Exception {
    use(SETTINGS);
    for (var body : List.of("", "no json", "[]", "\"text\"")) {
      assertThat(chat(body).statusCode()).as(body).isEqualTo(400);
    }
    var large = "{\"model\":\"" + "x".repeat(33 << 20) + "\"}";
    assertThat(chat(large).statusCode()).isEqualTo(413);
    assertThat(models.asked()).isEmpty();
  }

  @Test
  void theCapHoldsUnderParallelCallsAndOverARestart() throws Exception {
    // A call is 100 + 50 tokens: 0.0001 + 0.0005. Its hold is a little more, for one cannot know.
    use(
        "{\"key\":\"%s\",\"default_price\":\"1,10\",\"cap\":\"0.0125\"}"
            .formatted(ModelServer.KEY));
    var body =
        "{\"model\":\"usual\",\"max_tokens\":60,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    try (var many = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<HttpResponse<String>> one = () -> chat(body);
      var calls = many.invokeAll(Collections.nCopies(50, one));
      long answered = 0;
      for (var call : calls) {
        int status = call.get().statusCode();
        assertThat(status).isIn(200, 402);
        answered += status == 200 ? 1 : 0;
      }
      assertThat(answered).isEqualTo(20);
    }
    var refused = chat(body);
    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(JsonMapper.shared().readTree(refused.body()).path("type").asString())
        .isEqualTo("payment_required");
    assertThat(refused.body()).contains("cap of 0.0125", "0.012 is spent");
    assertThat(models.mostRunning()).isGreaterThan(1);

    store.close();
    store = Store.open(file);
    ledger = new AiLedger(store, Clock.systemUTC());
    assertThat(AiPrice.text(row("usual").costNanos())).isEqualTo("0.012");
    assertThat(row("usual").calls()).isEqualTo(20);
  }

  @Test
  void aModelWithoutAPriceIsNotUsedUnderACap() throws Exception {
    use("{\"key\":\"%s\",\"prices\":{\"usual\":\"1,1\"},\"cap\":\"5\"}".formatted(ModelServer.KEY));
    assertThat(chat("{\"model\":\"usual\",\"messages\":[]}").statusCode()).isEqualTo(200);
    var unpriced = chat("{\"model\":\"silent\",\"messages\":[]}");
    assertThat(unpriced.statusCode()).isEqualTo(402);
    assertThat(unpriced.body()).contains("--price silent=IN,OUT");
  }

  @Test
  void theProvidersOwnCostCountsBeforePrices() throws Exception {
    use("{\"key\":\"%s\",\"provider_costs\":true,\"cap\":\"0.3\"}".formatted(ModelServer.KEY));
    assertThat(chat("{\"model\":\"costly\",\"messages\":[]}").statusCode()).isEqualTo(200);
    assertThat(chat("{\"model\":\"costly\",\"messages\":[]}").statusCode()).isEqualTo(200);
    // The third would be as dear as the others were.
    assertThat(chat("{\"model\":\"costly\",\"messages\":[]}").statusCode()).isEqualTo(402);
    assertThat(AiPrice.text(row("costly").costNanos())).isEqualTo("0.25");
    // What an answer does not name counts as what was held for it.
    assertThat(chat("{\"model\":\"silent\",\"messages\":[]}").statusCode()).isEqualTo(200);
    assertThat(AiPrice.text(row("silent").costNanos())).isEqualTo("0.02");
    assertThat(row("silent").uncosted()).isEqualTo(1);
  }

  @Test
  void whatLargeRequestsHoldInMemoryIsBounded() throws Exception {
    use(SETTINGS);
    var picture = "data:image/png;base64," + "A".repeat(12 << 20);
    var body = "{\"model\":\"usual\",\"messages\":[{\"content\":\"" + picture + "\"}]}";
    try (var many = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Integer> one = () -> chat(body).statusCode();
      var statuses = new ArrayList<Integer>();
      for (var call : many.invokeAll(Collections.nCopies(8, one))) {
        statuses.add(call.get());
      }
      assertThat(statuses).contains(200).isSubsetOf(200, 429);
    }
    assertThat(models.last().body()).contains("AAAA\"}]}");
    assertThat(models.mostRunning()).isLessThanOrEqualTo(4);
    for (int i = 0; i < 5; i++) {
      assertThat(chat(body).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theOwnerTriesTheProvider() throws Exception {
    use(SETTINGS);
    assertThat(server.test("google/gemini-2.5-flash").status()).isEqualTo(200);
    assertThat(row("google/gemini-2.5-flash").caller()).isEqualTo("owner");
  }

  private HttpResponse<String> chat(String body) throws IOException, InterruptedException {
    return post("/v1/chat/completions", pass.of("hello"), body);
  }

  private HttpResponse<String> post(String path, String word, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header(ProcessPass.FIELD, word)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode packages() throws IOException, InterruptedException {
    var scripts = NodeScripts.into(TempFolder.create("fh-scripts"));
    var way =
        Map.of(
            "hosts",
            List.of("ai.gateway.lovable.dev"),
            "url",
            "http://127.0.0.1:" + port,
            "token",
            pass.of("server"));
    var preload = scripts.folder().resolve("freehold-preload.mjs").toUri();
    var builder =
        new ProcessBuilder("node", "--import=" + preload, "ai.mjs")
            .directory(SCRIPTS.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder
        .environment()
        .put("FREEHOLD_CALLS", JsonMapper.shared().writeValueAsString(List.of(way)));
    builder.environment().put("LOVABLE_API_KEY", "freehold");
    var process = builder.start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(CLIENT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return JsonMapper.shared().readTree(out);
  }
}
