package dev.freehold.backend.supabase.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Asks a server elsewhere, for captchas and breached passwords: one request, a limited wait and a
/// limited answer.
final class Asking {
  /// An answer that is longer is a failure.
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private final HttpClient client;
  private final Duration timeout;

  Asking(Duration timeout) {
    this.timeout = timeout;
    this.client = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  String get(URI at) throws IOException {
    return ask(HttpRequest.newBuilder(at).header("User-Agent", "Freehold").GET());
  }

  String postForm(URI at, String form) throws IOException {
    return ask(
        HttpRequest.newBuilder(at)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private String ask(HttpRequest.Builder request) throws IOException {
    try {
      var answer =
          client.send(request.timeout(timeout).build(), HttpResponse.BodyHandlers.ofInputStream());
      try (var body = answer.body()) {
        var bytes = body.readNBytes(MAX_ANSWER_BYTES + 1);
        if (answer.statusCode() != 200 || bytes.length > MAX_ANSWER_BYTES) {
          throw new IOException("status " + answer.statusCode() + ", " + bytes.length + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
