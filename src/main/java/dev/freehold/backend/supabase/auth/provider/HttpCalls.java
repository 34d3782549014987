package dev.freehold.backend.supabase.auth.provider;

import static java.net.http.HttpResponse.BodyHandlers.limiting;
import static java.net.http.HttpResponse.BodyHandlers.ofString;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests to providers: https only (http to this machine's own loopback address, for providers
/// under test), no redirect followed, bounded in time and size.
final class HttpCalls {
  static final Duration TIMEOUT = Duration.ofSeconds(10);
  static final int MAX_BYTES = 1 << 20;

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  JsonNode get(String url, Map<String, String> headers) {
    var request = request(url).GET();
    headers.forEach(request::header);
    return json(request.build());
  }

  JsonNode bearer(String url, String token) {
    return get(url, Map.of("Authorization", "Bearer " + token));
  }

  /// @param form url-encoded
  JsonNode post(String url, String form, Map<String, String> headers) {
    var request =
        request(url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    headers.forEach(request::header);
    return json(request.build());
  }

  /// Refuses addresses that requests must not go to.
  static URI checked(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new ProviderFailure("not an address: " + url, e);
    }
    var host = uri.getHost() == null ? "" : uri.getHost();
    boolean isSafe = "https".equals(uri.getScheme());
    boolean isOwn = "http".equals(uri.getScheme()) && LOOPBACK.contains(host);
    if (host.isEmpty() || uri.getUserInfo() != null || !(isSafe || isOwn)) {
      throw new ProviderFailure("a provider is reached by https only, not " + url);
    }
    return uri;
  }

  private static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(checked(url))
        .timeout(TIMEOUT)
        .header("Accept", "application/json")
        .header("User-Agent", "freehold");
  }

  private JsonNode json(HttpRequest request) {
    var where = request.uri().getHost() + request.uri().getPath();
    var sent = client.sendAsync(request, limiting(ofString(StandardCharsets.UTF_8), MAX_BYTES));
    try {
      var answer = sent.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() < 200 || answer.statusCode() > 299) {
        throw new ProviderFailure(where + " answered " + answer.statusCode());
      }
      return JSON.readTree(answer.body());
    } catch (JacksonException e) {
      throw new ProviderFailure(where + " answered no JSON", e);
    } catch (ExecutionException e) {
      throw new ProviderFailure(where + " cannot be reached: " + e.getCause(), e);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw new ProviderFailure(where + " did not answer within " + TIMEOUT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProviderFailure(where + " was not waited for", e);
    }
  }
}
