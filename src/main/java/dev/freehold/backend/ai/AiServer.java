package dev.freehold.backend.ai;

import dev.freehold.backend.ProcessPass;
import dev.freehold.http.Body;
import dev.freehold.http.Handler;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.telemetry.Events;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.json.JsonMapper;

/// The AI gateway of one Environment: what an App's own functions and server ask of its Vendor's
/// gateway, in OpenAI's words, is answered by the provider that the owner chose.
///
/// Only those processes are let in: each request brings an [ProcessPass]. What the App's code sends
/// as its key is not looked at, and the provider's key never comes near the App.
public final class AiServer implements Handler, AutoCloseable {
  /// Who calls when the owner tries the provider.
  private static final String OWNER = "owner";

  private static final int TEST_TOKENS = 256;

  private final Scope scope;
  private final AiLimits limits;
  private final Ground ground;
  private final HttpClient client;
  private final Semaphore places;
  private final Set<AiCall> running = ConcurrentHashMap.newKeySet();
  private volatile Optional<AiProvider> provider;

  /// Whose gateway it is.
  ///
  /// @param id an Environment's id
  /// @param words how the owner names it to the command line, such as `shop --env staging`
  public record Scope(String id, String words, ProcessPass pass) {}

  /// What all gateways of a machine share.
  public static final class Ground {
    private final AiLedger ledger;
    private final Clock clock;
    private final Events events;
    private final AiMemory memory = new AiMemory(AiLimits.HELD_BYTES);

    public Ground(AiLedger ledger, Clock clock, Events events) {
      this.ledger = ledger;
      this.clock = clock;
      this.events = events;
    }

    public AiLedger ledger() {
      return ledger;
    }

    Clock clock() {
      return clock;
    }

    Events events() {
      return events;
    }

    AiMemory memory() {
      return memory;
    }
  }

  public AiServer(Scope scope, Optional<AiProvider> provider, AiLimits limits, Ground ground) {
    this.scope = scope;
    this.provider = provider;
    this.limits = limits;
    this.ground = ground;
    this.places = new Semaphore(limits.running());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limits.connect())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /// Another provider answers from now on, or none; calls that run go on.
  public void use(Optional<AiProvider> chosen) {
    provider = chosen;
  }

  @Override
  public boolean streams(String method, String path) {
    return true;
  }

  @Override
  public Response handle(Request request) {
    var caller = request.header(ProcessPass.FIELD).flatMap(scope.pass()::caller);
    if (caller.isEmpty()) {
      return AiErrors.stranger();
    }
    var endpoint = AiEndpoint.of(request.method(), request.path());
    if (endpoint.isEmpty()) {
      return AiErrors.notFound(request.path());
    }
    var chosen = provider;
    if (chosen.isEmpty()) {
      ground.events().publish(unanswered(caller.get(), endpoint.get()));
      return AiErrors.noProvider(scope.words());
    }
    return answer(request, endpoint.get(), caller.get(), chosen.get());
  }

  private AiCalled unanswered(String caller, AiEndpoint endpoint) {
    return new AiCalled(
        ground.clock().instant(),
        scope.id(),
        caller,
        endpoint.path,
        "",
        "",
        501,
        0,
        0,
        0,
        Duration.ZERO,
        "no provider is set: freehold ai set " + scope.words());
  }

  private Response answer(Request request, AiEndpoint endpoint, String caller, AiProvider chosen) {
    if (!places.tryAcquire()) {
      return AiErrors.busy("The app has " + limits.running() + " calls of AI running already.");
    }
    var share = ground.memory().share();
    boolean handedOver = false;
    try {
      var type = request.header("Content-Type").orElse("");
      var bytes = share.read(request.stream(), announced(request), limits.bodyBytes());
      if (bytes.isEmpty()) {
        return AiErrors.invalid(413, "A request has at most " + limits.bodyBytes() + " bytes.");
      }
      var asked = AiRequest.read(endpoint, type, bytes.get(), chosen);
      if (asked.isEmpty()) {
        return AiErrors.invalid(
            400, "The body is neither a JSON object nor a form with a field model.");
      }
      var call =
          new AiCall(
              new AiCall.Frame(scope, limits, ground, client, chosen, share, this::over),
              endpoint,
              caller,
              asked.get(),
              request);
      running.add(call);
      handedOver = true;
      return call.run();
    } catch (AiMemory.Full e) {
      return AiErrors.busy("The app's calls of AI hold too much in memory.");
    } catch (IOException e) {
      return AiErrors.invalid(400, "The request broke off.");
    } finally {
      if (!handedOver) {
        share.close();
        places.release();
      }
    }
  }

  private static long announced(Request request) {
    var length = request.header("Content-Length");
    if (length.isPresent()) {
      return Long.parseLong(length.get());
    }
    return request.header("Transfer-Encoding").isPresent() ? -1 : request.body().length;
  }

  private void over(AiCall call) {
    if (running.remove(call)) {
      places.release();
    }
  }

  /// What the provider said to the owner.
  public record Tried(int status, String text) {}

  /// Asks the provider for a word, as an App would, and counts it as the owner's.
  ///
  /// @param model as an App would name it
  public Tried test(String model) {
    var answer = handle(trial(model));
    return switch (answer.body()) {
      case Body.Bytes(var bytes) ->
          new Tried(answer.status(), new String(bytes, StandardCharsets.UTF_8));
      case Body.Stream(var pieces, _) -> new Tried(answer.status(), Gathered.of(pieces));
      case Body.Shared _, Body.File _, Body.Socket _ ->
          throw new IllegalStateException("no such answer");
    };
  }

  private Request trial(String model) {
    var body =
        Map.of(
            "model",
            model,
            "max_tokens",
            TEST_TOKENS,
            "messages",
            new Object[] {Map.of("role", "user", "content", "Answer with the word: ready")});
    return new Request(
        "POST",
        "/v1" + AiEndpoint.CHAT.path,
        "",
        "http",
        "localhost",
        "",
        Headers.of(ProcessPass.FIELD, scope.pass().of(OWNER), "Content-Type", "application/json"),
        JsonMapper.shared().writeValueAsString(body).getBytes(StandardCharsets.UTF_8));
  }

  /// Ends calls that hang; to be called every few seconds.
  public void step(Instant now) {
    running.forEach(call -> call.step(now));
  }

  /// Ends all calls.
  @Override
  public void close() {
    running.forEach(AiCall::breakOff);
    client.shutdownNow();
  }
}
