package dev.freehold.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A provider with OpenAI's interface, over HTTP. What it does depends on the model's name:
///
/// - `usual` answers, and says that 100 tokens went in and 50 came out;
/// - `costly` says what it cost, as OpenRouter does; `silent` says nothing of the kind
/// - `picky` takes neither `max_tokens` nor `temperature`, as OpenAI's reasoning models
/// - `busy` answers 429, `broken` 500
/// - `endless` streams until the caller leaves, `asleep` does not answer before that
public final class ModelServer implements AutoCloseable {
  public static final String KEY = "sk-provider-key-0123456789";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":50,\"total_tokens\":150}";

  private final HttpServer server;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> left = new LinkedBlockingQueue<>();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();

  /// One request that came.
  public record Asked(String path, Map<String, List<String>> headers, String body) {
    public JsonNode json() {
      return JSON.readTree(body);
    }

    public String header(String name) {
      return headers.getOrDefault(name, List.of("")).getFirst();
    }
  }

  private ModelServer(HttpServer server) {
    this.server = server;
  }

  public static ModelServer start() {
    return start(0);
  }

  public static ModelServer start(int port) {
    try {
      var server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      var models = new ModelServer(server);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", models::answer);
      server.start();
      return models;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  public List<Asked> asked() {
    return asked;
  }

  public Asked last() {
    return asked.getLast();
  }

  /// Models whose callers left before the end.
  public BlockingQueue<String> left() {
    return left;
  }

  public int mostRunning() {
    return mostRunning.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int now = running.incrementAndGet();
    mostRunning.accumulateAndGet(now, Math::max);
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
      var path = exchange.getRequestURI().getPath();
      asked.add(new Asked(path, Map.copyOf(exchange.getRequestHeaders()), body));
      if (!("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        send(exchange, 401, "{\"error\":{\"message\":\"Incorrect API key: " + KEY + "\"}}");
        return;
      }
      switch (path) {
        case "/v1/models" ->
            send(exchange, 200, "{\"object\":\"list\",\"data\":[{\"id\":\"usual\"}]}");
        case "/v1/audio/transcriptions" ->
            send(
                exchange,
                200,
                "{\"text\":\"spoken words\","
                    + USAGE.replace("prompt", "input").replace("completion", "output")
                    + "}");
        case "/v1/audio/speech" -> sound(exchange);
        case "/v1/embeddings" ->
            send(
                exchange,
                200,
                "{\"object\":\"list\",\"model\":\"usual\",\"data\":[{\"object\":\"embedding\","
                    + "\"index\":0,\"embedding\":[0.25,-0.5]}],"
                    + "\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}");
        case "/v1/images/generations" ->
            send(exchange, 200, "{\"created\":1,\"data\":[{\"b64_json\":\"aW1hZ2U=\"}]}");
        case "/v1/responses" -> responses(exchange, JSON.readTree(body));
        case "/v1/chat/completions" -> chat(exchange, JSON.readTree(body));
        default -> send(exchange, 404, "{\"error\":{\"message\":\"no such path\"}}");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running.decrementAndGet();
    }
  }

  private void chat(HttpExchange exchange, JsonNode body) throws IOException, InterruptedException {
    var model = body.path("model").asString();
    switch (model) {
      case "busy" -> {
        exchange.getResponseHeaders().set("Retry-After", "7");
        send(exchange, 429, "{\"error\":{\"message\":\"Slow down\",\"type\":\"rate_limited\"}}");
      }
      case "broken" ->
          send(exchange, 500, "{\"error\":{\"message\":\"Oh no, " + KEY + " broke\"}}");
      case "asleep" -> sleep(exchange);
      case "picky" -> picky(exchange, body);
      default -> {
        if (body.path("stream").asBoolean(false)) {
          stream(exchange, body, model);
        } else {
          Thread.sleep(20);
          send(exchange, 200, completion(body, model));
        }
      }
    }
  }

  private static String completion(JsonNode body, String model) {
    var usage =
        switch (model) {
          case "silent" -> "\"served\":true";
          case "costly" -> USAGE.replace("}", ",\"cost\":0.125}");
          default -> USAGE;
        };
    var message =
        body.has("tools")
            ? "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"call_1\","
                + "\"type\":\"function\",\"function\":{\"name\":\"weather\","
                + "\"arguments\":\"{\\\"city\\\":\\\"Ulm\\\"}\"}}]}"
            : body.has("modalities")
                ? "{\"role\":\"assistant\",\"content\":\"\",\"images\":[{\"type\":\"image_url\","
                    + "\"image_url\":{\"url\":\"data:image/png;base64,aW1hZ2U=\"}}]}"
                : "{\"role\":\"assistant\",\"content\":\"Hello from " + model + "\"}";
    return ("{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"%s\","
            + "\"choices\":[{\"index\":0,\"message\":%s,\"finish_reason\":\"%s\"}],%s}")
        .formatted(model, message, body.has("tools") ? "tool_calls" : "stop", usage);
  }

  private void stream(HttpExchange exchange, JsonNode body, String model)
      throws IOException, InterruptedException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (var out = exchange.getResponseBody()) {
      boolean endless = model.equals("endless");
      for (int i = 0; i < 3 || endless; i++) {
        event(
            out,
            chunk(
                model,
                "[{\"index\":0,\"delta\":{\"content\":\"word" + i + " \"},\"finish_reason\":null}]",
                ""));
        Thread.sleep(endless ? 20 : 100);
      }
      event(out, chunk(model, "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]", ""));
      if (body.path("stream_options").path("include_usage").asBoolean(false)) {
        event(out, chunk(model, "[]", "," + USAGE));
      }
      event(out, "[DONE]");
    } catch (IOException gone) {
      left.add(model);
    }
  }

  private static String chunk(String model, String choices, String more) {
    return ("{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
            + "\"model\":\"%s\",\"choices\":%s%s}")
        .formatted(model, choices, more);
  }

  private static void event(OutputStream out, String data) throws IOException {
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /// Not a word for a second; whether the caller has gone shows when it is written to.
  private void sleep(HttpExchange exchange) throws IOException, InterruptedException {
    Thread.sleep(1_000);
    exchange.sendResponseHeaders(200, 0);
    try (var out = exchange.getResponseBody()) {
      while (true) {
        Thread.sleep(50);
        out.write(' ');
        out.flush();
      }
    } catch (IOException gone) {
      left.add("asleep");
    }
  }

  private static void picky(HttpExchange exchange, JsonNode body) throws IOException {
    for (var name : new String[] {"max_tokens", "temperature"}) {
      if (body.has(name)) {
        send(
            exchange,
            400,
            ("{\"error\":{\"message\":\"Unsupported\",\"type\":\"invalid_request_error\","
                    + "\"param\":\"%s\",\"code\":\"%s\"}}")
                .formatted(
                    name,
                    name.equals("temperature") ? "unsupported_value" : "unsupported_parameter"));
        return;
      }
    }
    send(exchange, 200, completion(body, "picky"));
  }

  private static void responses(HttpExchange exchange, JsonNode body) throws IOException {
    var response =
        ("{\"id\":\"r1\",\"object\":\"response\",\"created_at\":1,\"status\":\"completed\","
                + "\"model\":\"%s\",\"output\":[{\"type\":\"message\",\"id\":\"m1\","
                + "\"status\":\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":"
                + "\"output_text\",\"text\":\"A response\",\"annotations\":[]}]}],\"usage\":{"
                + "\"input_tokens\":11,\"output_tokens\":7,\"total_tokens\":18,"
                + "\"input_tokens_details\":{\"cached_tokens\":0},"
                + "\"output_tokens_details\":{\"reasoning_tokens\":0}}}")
            .formatted(body.path("model").asString());
    if (!body.path("stream").asBoolean(false)) {
      send(exchange, 200, response);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (var out = exchange.getResponseBody()) {
      event(out, "{\"type\":\"response.created\",\"response\":" + response + "}");
      event(
          out,
          "{\"type\":\"response.output_item.added\",\"output_index\":0,"
              + "\"item\":{\"type\":\"message\",\"id\":\"m1\"}}");
      event(
          out,
          "{\"type\":\"response.output_text.delta\",\"item_id\":\"m1\","
              + "\"output_index\":0,\"content_index\":0,\"delta\":\"A response\"}");
      event(out, "{\"type\":\"response.completed\",\"response\":" + response + "}");
    }
  }

  private static void sound(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "audio/mpeg");
    exchange.sendResponseHeaders(200, 0);
    try (var out = exchange.getResponseBody()) {
      out.write(new byte[300_000]);
    }
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    var bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
