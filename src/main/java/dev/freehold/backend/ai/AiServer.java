package dev.freehold.backend.ai;

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
/// Only those processes are let in: each request brings an [AiPass]. What the App's code sends as
/// its key is not looked at, and the provider's key never comes near the App.
public final class AiServer implements Handler, AutoCloseable {
  /// The header field that brings the [AiPass].
  public static final String PASS_FIELD = "x-freehold-ai";

  /// Who calls when the owner tries the provider.
  private static final String OWNER = "owner";

  private static final int TEST_TOKENS = 256;

  private final Scope scope;
  private final AiLimits limits;
  private final Ground ground;
  private final HttpClient client;
  private final Semaphore places;
  private final AiMemory memory;
  private final Set<AiCall> running = ConcurrentHashMap.newKeySet();
  private volatile Optional<AiProvider> provider;

  /// Whose gateway it is.
  ///
  /// @param id an Environment's id
  /// @param words how the owner names it to the command line, such as `shop --env staging`
  public record Scope(String id, String words, AiPass pass) {}

  /// What all gateways of a machine share.
  public record Ground(AiLedger ledger, Clock clock, Events events) {}

  public AiServer(Scope scope, Optional<AiProvider> provider, AiLimits limits, Ground ground) {
    this.scope = scope;
    this.provider = provider;
    this.limits = limits;
    this.ground = ground;
    this.places = new Semaphore(limits.running());
    this.memory = new AiMemory(limits.heldBytes());
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
    var caller = request.header(PASS_FIELD).flatMap(scope.pass()::caller);
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
    var share = memory.share();
    boolean handedOver = false;
    try {
      var type = request.header("Content-Type").orElse("");
      var bytes = share.read(request.stream(), limits.bodyBytes());
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

  private void over(AiCall call) {
    if (running.remove(call)) {
      places.release();
    }
  }

  /// Asks the provider for a word, as an App would, and counts it as the owner's.
  ///
  /// @param model as an App would name it
  public Response test(String model) {
    var body =
        Map.of(
            "model",
            model,
            "max_tokens",
            TEST_TOKENS,
            "messages",
            new Object[] {Map.of("role", "user", "content", "Answer with the word: ready")});
    return handle(
        new Request(
            "POST",
            "/v1" + AiEndpoint.CHAT.path,
            "",
            "http",
            "localhost",
            "",
            Headers.of(PASS_FIELD, scope.pass().of(OWNER), "Content-Type", "application/json"),
            JsonMapper.shared().writeValueAsString(body).getBytes(StandardCharsets.UTF_8)));
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
