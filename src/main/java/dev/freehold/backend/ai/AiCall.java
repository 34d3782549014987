package dev.freehold.backend.ai;

import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One call of a model: held in the ledger, sent to the provider, its answer passed on, settled.
/// Whatever happens it is settled once.
final class AiCall {
  /// What of a request goes on to the provider. Never what the App sent as its key.
  private static final Set<String> PASSED_ON =
      Set.of("accept", "openai-beta", "idempotency-key", "http-referer", "x-title");

  /// What of an answer goes back, beside those that begin with [#RATE_FIELDS].
  private static final Set<String> PASSED_BACK =
      Set.of(
          "content-type",
          "cache-control",
          "retry-after",
          "retry-after-ms",
          "x-request-id",
          "x-should-retry");

  private static final String RATE_FIELDS = "x-ratelimit-";

  /// Names the calls that belong to one piece of an App's work; Lovable's helpers wait for it.
  private static final String RUN_ID = "X-Lovable-AIG-Run-ID";

  private static final int MAX_RUN_ID_CHARS = 200;
  private static final int MAX_ERROR_BYTES = 256 * 1024;
  private static final int MAX_NAME_CHARS = 120;
  private static final int MAX_FITS = 4;
  private static final int FIRST_ERROR = 400;

  /// What a call may cost when only the provider knows, until the first has told: 0.02.
  private static final long UNKNOWN_COST_NANOS = 20_000_000;

  private static final double NANOS = 1e9;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Frame frame;
  private final AiEndpoint endpoint;
  private final AiRequest asked;
  private final Request request;
  private final AiLedger.What what;
  private final Instant began;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean left;
  private volatile Instant lastSign;
  private volatile boolean answering;
  private AiLedger.@Nullable Hold hold;
  private volatile @Nullable CompletableFuture<HttpResponse<InputStream>> sent;
  private volatile @Nullable InputStream answer;

  /// What a call works with.
  ///
  /// @param share the memory it takes
  /// @param done told once when it is over
  record Frame(
      AiServer.Scope scope,
      AiLimits limits,
      AiServer.Ground ground,
      HttpClient client,
      AiProvider provider,
      AiMemory.Share share,
      Consumer<AiCall> done) {}

  AiCall(Frame frame, AiEndpoint endpoint, String caller, AiRequest asked, Request request) {
    this.frame = frame;
    this.endpoint = endpoint;
    this.asked = asked;
    this.request = request;
    var model = named(asked.model());
    var used = named(frame.provider().modelFor(asked.model(), endpoint.isText));
    this.what = new AiLedger.What(frame.scope().id(), caller, model, used);
    this.began = frame.ground().clock().instant();
    this.lastSign = began;
  }

  private static String named(String model) {
    return model.length() > MAX_NAME_CHARS ? model.substring(0, MAX_NAME_CHARS) : model;
  }

  /// Answers, or begins an answer that comes piece by piece.
  Response run() {
    try {
      request.atEnd(this::appLeft);
      if (endpoint == AiEndpoint.MODELS) {
        return asked();
      }
      if (frame.provider().capNanos() != null && !costCanBeKnown()) {
        return refused(AiErrors.unpriced(what.used(), frame.scope().words()), "no price");
      }
      var taken =
          frame
              .ground()
              .ledger()
              .hold(what, estimate(), frame.provider().capNanos(), frame.provider().capTokens());
      return switch (taken) {
        case AiLedger.Taken.Held(var held) -> {
          hold = held;
          yield withRunId(asked());
        }
        case AiLedger.Taken.CapReached(var why) -> refused(AiErrors.capReached(why), "cap reached");
        case AiLedger.Taken.Busy() ->
            refused(
                AiErrors.busy("What is left of the month's cap is held by calls that still run."),
                "what is left of the cap is held by other calls");
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refused(AiErrors.unreachable(503, "The server is stopping."), "the server stops");
    } catch (RuntimeException bug) {
      end(0, AiTokens.NONE, 0, false, true, "fault of the gateway");
      throw bug;
    }
  }

  private boolean costCanBeKnown() {
    var provider = frame.provider();
    return provider.reportsCost() || provider.price(what.used()).isPresent();
  }

  private AiLedger.Estimate estimate() {
    var tokens = asked.estimate();
    var provider = frame.provider();
    long cost =
        provider
            .price(what.used())
            .map(price -> price.of(tokens, asked.units()))
            .orElse(provider.reportsCost() && asked.units() > 0 ? UNKNOWN_COST_NANOS : 0);
    return new AiLedger.Estimate(tokens.both(), cost);
  }

  private Response asked() throws InterruptedException {
    try {
      for (int fits = 0; ; fits++) {
        var came = send();
        if (came.statusCode() < FIRST_ERROR) {
          return good(came);
        }
        var refusal = readError(came);
        if (came.statusCode() != 400 || fits >= MAX_FITS || !asked.fit(json(refusal))) {
          return bad(came, refusal);
        }
      }
    } catch (ExecutionException e) {
      return notAnswered(e.getCause());
    } catch (CancellationException | IOException e) {
      return notAnswered(e);
    }
  }

  private HttpResponse<InputStream> send()
      throws InterruptedException, ExecutionException, CancellationException {
    var builder =
        HttpRequest.newBuilder(URI.create(frame.provider().url() + endpoint.path))
            .timeout(frame.limits().firstByte());
    for (var field : request.headers().fields()) {
      if (PASSED_ON.contains(field.name().toLowerCase(Locale.ROOT))) {
        builder.header(field.name(), field.value());
      }
    }
    if (!frame.provider().key().isEmpty()) {
      builder.header("Authorization", "Bearer " + frame.provider().key());
    }
    if (endpoint.method.equals("POST")) {
      builder
          .header("Content-Type", asked.contentType())
          .POST(HttpRequest.BodyPublishers.ofByteArray(asked.bytes()));
    }
    var future =
        frame.client().sendAsync(builder.build(), HttpResponse.BodyHandlers.ofInputStream());
    sent = future;
    if (left) {
      future.cancel(true);
    }
    var came = future.get();
    answer = came.body();
    lastSign = frame.ground().clock().instant();
    return came;
  }

  private Response good(HttpResponse<InputStream> came) throws IOException {
    var type = came.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    if (type.startsWith("application/json")) {
      return whole(came);
    }
    answering = true;
    var filter =
        type.startsWith("text/event-stream")
            ? new EventFilter(asked.addedUsage())
            : new AnswerFilter.Unread();
    var pieces =
        new AnswerPieces(
            came.body(),
            filter,
            isWhole -> streamed(came.statusCode(), filter, isWhole),
            () -> lastSign = frame.ground().clock().instant());
    return new Response(came.statusCode(), fields(came), new Body.Stream(pieces));
  }

  private Response whole(HttpResponse<InputStream> came) throws IOException {
    var bytes = frame.share().read(came.body(), frame.limits().answerBytes());
    if (bytes.isEmpty()) {
      return lost(
          AiErrors.unreachable(502, "The AI provider's answer is too large."), "answer too large");
    }
    var said = AiTokens.said(json(bytes.get()).path("usage"));
    settle(came.statusCode(), said, said.map(AiTokens.Said::tokens).orElse(AiTokens.NONE), "");
    return new Response(came.statusCode(), fields(came), new Body.Bytes(bytes.get()));
  }

  private void streamed(int status, AnswerFilter filter, boolean isWhole) {
    var guess = new AiTokens(asked.estimate().in(), filter.events());
    var tokens = filter.said().map(AiTokens.Said::tokens).orElse(guess);
    settle(isWhole ? status : 0, filter.said(), tokens, isWhole ? "" : "broken off");
    if (!isWhole) {
      stop();
    }
  }

  /// An answer came: it costs what it says, or what its tokens are priced at, or what was held.
  private void settle(int status, Optional<AiTokens.Said> said, AiTokens tokens, String why) {
    var provider = frame.provider();
    var cost = said.stream().flatMapToDouble(s -> s.cost().stream()).findFirst();
    if (provider.reportsCost() && cost.isPresent()) {
      long nanos = Math.round(Math.min(cost.getAsDouble(), 1e6) * NANOS);
      end(status, tokens, nanos, true, !why.isEmpty(), why);
      return;
    }
    var price = provider.price(what.used());
    boolean counted = said.isPresent() || !endpoint.isText || !why.isEmpty();
    if (price.isPresent() && counted) {
      end(status, tokens, price.get().of(tokens, asked.units()), true, !why.isEmpty(), why);
      return;
    }
    var held = hold;
    end(status, tokens, held == null ? 0 : held.costNanos(), false, !why.isEmpty(), why);
  }

  private Response bad(HttpResponse<InputStream> came, byte[] refusal) {
    int status = came.statusCode();
    if (status == 401 || status == 403) {
      return refused(
          AiErrors.keyRefused(status, frame.scope().words()),
          "the provider refused the key: HTTP " + status);
    }
    var text = new String(refusal, StandardCharsets.UTF_8);
    var key = frame.provider().key();
    if (!key.isEmpty() && text.contains(key)) {
      text = text.replace(key, "…");
    }
    end(status, AiTokens.NONE, 0, true, true, "the provider answered HTTP " + status);
    return new Response(
        status, fields(came), new Body.Bytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  private byte[] readError(HttpResponse<InputStream> came) throws IOException {
    try (var body = came.body()) {
      return body.readNBytes(MAX_ERROR_BYTES);
    }
  }

  private Response notAnswered(@Nullable Throwable cause) {
    var host = frame.provider().host();
    return switch (cause) {
      case AiMemory.Full _ ->
          lost(AiErrors.busy("The app's calls of AI hold too much in memory."), "memory is full");
      case HttpConnectTimeoutException _, ConnectException _ ->
          refused(
              AiErrors.unreachable(502, "The AI provider at " + host + " could not be reached."),
              "the provider could not be reached");
      case HttpTimeoutException _ ->
          lost(
              AiErrors.unreachable(504, "The AI provider at " + host + " did not answer in time."),
              "the provider did not answer in time");
      case null, default ->
          lost(
              AiErrors.unreachable(502, "The AI provider at " + host + " broke off."),
              left ? "the app left" : "the provider broke off");
    };
  }

  /// Nothing was spent.
  private Response refused(Response why, String reason) {
    end(why.status(), AiTokens.NONE, 0, true, true, reason);
    return why;
  }

  /// The provider may have worked, and nobody knows how much: what was held counts.
  private Response lost(Response why, String reason) {
    var held = hold;
    long nanos = held == null ? 0 : held.costNanos();
    end(left ? 0 : why.status(), asked.estimate(), nanos, false, true, reason);
    return why;
  }

  private Headers fields(HttpResponse<InputStream> came) {
    var fields = new ArrayList<Headers.Field>();
    came.headers()
        .map()
        .forEach((name, values) -> {
          var lower = name.toLowerCase(Locale.ROOT);
          if (PASSED_BACK.contains(lower) || lower.startsWith(RATE_FIELDS)) {
            values.forEach(value -> fields.add(new Headers.Field(name, value)));
          }
        });
    return Headers.of(fields);
  }

  private Response withRunId(Response response) {
    var id =
        request
            .header(RUN_ID)
            .filter(given -> given.length() <= MAX_RUN_ID_CHARS)
            .orElseGet(() -> UUID.randomUUID().toString());
    return response.with(RUN_ID, id);
  }

  private static JsonNode json(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException notJson) {
      return JSON.missingNode();
    }
  }

  /// The App left, or has its answer.
  private void appLeft() {
    left = true;
    if (!over.get()) {
      Thread.ofVirtual().name("ai-left").start(this::stop);
    }
  }

  /// Ends a call that hangs.
  void step(Instant now) {
    var limits = frame.limits();
    boolean silent = answering && Duration.between(lastSign, now).compareTo(limits.idle()) > 0;
    if (silent || Duration.between(began, now).compareTo(limits.whole()) > 0) {
      stop();
    }
  }

  void breakOff() {
    stop();
  }

  private void stop() {
    var future = sent;
    if (future != null) {
      future.cancel(true);
    }
    var body = answer;
    if (body != null) {
      try {
        body.close();
      } catch (IOException e) {
        return; // it is closed either way
      }
    }
  }

  private void end(
      int status, AiTokens tokens, long nanos, boolean known, boolean failure, String why) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    frame.share().close();
    try {
      var held = hold;
      if (held != null) {
        frame.ground().ledger().settle(held, new AiLedger.Spent(tokens, nanos, known, failure));
      }
    } finally {
      frame.done().accept(this);
    }
    var now = frame.ground().clock().instant();
    frame
        .ground()
        .events()
        .publish(
            new AiCalled(
                now,
                what.scope(),
                what.caller(),
                endpoint.path,
                what.asked(),
                what.used(),
                status,
                tokens.in(),
                tokens.out(),
                nanos,
                Duration.between(began, now),
                why));
  }
}
