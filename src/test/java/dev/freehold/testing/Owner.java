package dev.freehold.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What tests of an owner's commands share: a command with something on its standard input, a
/// request of the app, a crash, and a look through everything that was written.
public final class Owner implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 120;

  private final Freehold freehold;
  private final HttpClient http = HttpClient.newHttpClient();

  public Owner(Freehold freehold) {
    this.freehold = freehold;
  }

  /// What the app got.
  public record Answer(int status, JsonNode body, HttpResponse<String> whole) {}

  /// Runs a command with something on its standard input.
  public Freehold.Said with(String input, String... words) {
    return freehold.withInput(input + "\n", words);
  }

  /// A request as the app sends it.
  ///
  /// @param bearer a token, or nothing
  /// @param body JSON to post, or nothing to get
  public Answer ask(String address, String path, String apiKey, String bearer, String body) {
    try {
      var uri = URI.create("http://127.0.0.1:" + URI.create(address).getPort() + path);
      var request = HttpRequest.newBuilder(uri).header("Content-Type", "application/json");
      if (!apiKey.isEmpty()) {
        request.header("apikey", apiKey);
      }
      if (!bearer.isEmpty()) {
        request.header("Authorization", "Bearer " + bearer);
      }
      if (!body.isEmpty()) {
        request.POST(HttpRequest.BodyPublishers.ofString(body));
      }
      var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      var text = answer.body();
      boolean isJson = text.startsWith("{") || text.startsWith("[");
      return new Answer(
          answer.statusCode(), JsonMapper.shared().readTree(isJson ? text : "null"), answer);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Ends the server as a power cut would, and starts it again.
  public void crashAndStart() {
    var server = ProcessHandle.of(freehold.serverPid()).orElseThrow();
    server.destroyForcibly();
    try {
      var unused = server.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    freehold.run("up");
  }

  /// Fails when a secret stands in anything that was said, logged or stored.
  public void assertNowhere(List<String> secrets) throws IOException {
    for (var folder : List.of("said", "logs", "control")) {
      try (var files = Files.walk(freehold.data().resolve(folder))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          assertAbsent(file, secrets);
        }
      }
    }
  }

  private static void assertAbsent(Path file, List<String> secrets) throws IOException {
    var content = Files.readString(file, StandardCharsets.ISO_8859_1);
    for (var secret : secrets) {
      assertThat(content.contains(secret)).as(file + " holds a secret").isFalse();
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
