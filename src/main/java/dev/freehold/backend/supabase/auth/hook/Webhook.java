package dev.freehold.backend.supabase.auth.hook;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Asks hooks by web address, as GoTrue does: signed by Standard Webhooks, at most [#ATTEMPTS]
/// times where the hook asks for patience or cannot be reached, five seconds in all, an answer of
/// at most [#MAX_ANSWER_BYTES]. A redirect is not followed.
public final class Webhook implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(5);
  static final int ATTEMPTS = 3;
  static final int MAX_ANSWER_BYTES = 200 * 1024;
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final String UNAVAILABLE = "Service currently unavailable due to hook";

  private final Clock clock;
  private final Duration limit;
  private final Duration pause;
  private final HttpClient client;

  public Webhook(Clock clock) {
    this(clock, LIMIT, PAUSE);
  }

  Webhook(Clock clock, Duration limit, Duration pause) {
    this.clock = clock;
    this.limit = limit;
    this.pause = pause;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limit)
            .build();
  }

  /// Posts the question and returns the answer; null when there is none.
  ///
  /// @throws HookRefusal whenever there is no answer to go by
  public @Nullable String ask(Hook.Web hook, String question) {
    var asking = new FutureTask<@Nullable String>(() -> repeatedly(hook, question));
    var thread = Thread.ofVirtual().name("auth-hook").start(asking);
    try {
      return asking.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HookRefusal refusal) {
        throw refusal;
      }
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw tooSlow();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw tooSlow();
    }
  }

  private @Nullable String repeatedly(Hook.Web hook, String question) throws InterruptedException {
    var body = question.getBytes(StandardCharsets.UTF_8);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        var reply = client.send(request(hook, body), HttpResponse.BodyHandlers.ofInputStream());
        try (var in = reply.body()) {
          if (!asksForPatience(reply)) {
            return answer(reply, in);
          }
        }
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new HookRefusal(
              422, "hook_timeout_after_retry", "Failed to reach hook after maximum retries");
        }
        Thread.sleep(pause);
      }
    }
    throw HookRefusal.internal(UNAVAILABLE);
  }

  private HttpRequest request(Hook.Web hook, byte[] body) {
    var id = UUID.randomUUID().toString();
    long seconds = clock.instant().getEpochSecond();
    return HttpRequest.newBuilder(hook.address())
        .header("Content-Type", "application/json")
        .header("Accept-Encoding", "identity")
        .header("webhook-id", id)
        .header("webhook-timestamp", Long.toString(seconds))
        .header(
            "webhook-signature",
            hook.secrets().stream()
                .map(secret -> secret.sign(id, seconds, body))
                .collect(Collectors.joining(", ")))
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private static boolean asksForPatience(HttpResponse<InputStream> reply) {
    boolean isBusy = reply.statusCode() == 429 || reply.statusCode() == 503;
    return isBusy && !reply.headers().firstValue("Retry-After").orElse("").isEmpty();
  }

  private static @Nullable String answer(HttpResponse<InputStream> reply, InputStream in)
      throws IOException {
    return switch (reply.statusCode()) {
      case 204 -> null;
      case 200, 202 -> {
        requireJson(reply.headers().firstValue("Content-Type").orElse(""));
        var bytes = in.readNBytes(MAX_ANSWER_BYTES + 1);
        if (bytes.length > MAX_ANSWER_BYTES) {
          throw new HookRefusal(
              422,
              "hook_payload_over_size_limit",
              "Payload size exceeded size limit of " + MAX_ANSWER_BYTES + " bytes");
        }
        yield new String(bytes, StandardCharsets.UTF_8);
      }
      case 429, 503 -> throw HookRefusal.internal(UNAVAILABLE);
      case 400 -> throw HookRefusal.internal("Invalid payload sent to hook");
      case 401 -> throw HookRefusal.internal("Hook requires authorization token");
      default ->
          throw HookRefusal.internal(
              "Unexpected status code returned from hook: " + reply.statusCode());
    };
  }

  private static void requireJson(String type) {
    if (type.isEmpty()) {
      throw new HookRefusal(
          400,
          "hook_payload_invalid_content_type",
          "Invalid Content-Type: Missing Content-Type header");
    }
    if (!type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json")) {
      throw new HookRefusal(
          400,
          "hook_payload_invalid_content_type",
          "Invalid JSON response. Received content-type: " + type);
    }
  }

  private HookRefusal tooSlow() {
    return new HookRefusal(
        422,
        "hook_timeout",
        String.format(
            Locale.ROOT,
            "Failed to reach hook within maximum time of %f seconds",
            limit.toMillis() / 1000.0));
  }

  /// Ends what is under way.
  @Override
  public void close() {
    client.shutdownNow();
  }
}
