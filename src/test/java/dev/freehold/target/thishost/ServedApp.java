package dev.freehold.target.thishost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A built server of a test, run by one of our adapters on the Node of this machine.
final class ServedApp implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(20);

  private static final String LISTENING = "listening on http://127.0.0.1:";

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Running running;

  /// Runs the adapter on a folder that holds `server` and `client`, and waits until it listens or
  /// has ended.
  ServedApp(Path folder, String adapter, Path root) {
    var scripts = NodeScripts.into(folder.resolve("scripts"));
    var script = scripts.folder().resolve(adapter).toString();
    running =
        Commands.start(
            Command.of("node", "--import", scripts.preload().toString(), script, root.toString())
                .with("PORT", "0")
                .with("GREETING", "hello"),
            lines::add);
    await(() -> !running.alive() || lines.stream().anyMatch(l -> l.startsWith(LISTENING)));
  }

  static Path write(Path root, String name, String text) {
    var file = root.resolve(name);
    DurableFiles.folder(DurableFiles.parent(file));
    DurableFiles.write(file, text);
    return root;
  }

  int port() {
    return lines.stream()
        .filter(line -> line.startsWith(LISTENING))
        .mapToInt(line -> Integer.parseInt(line.substring(LISTENING.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError(lines));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }

  HttpClient client() {
    return client;
  }

  /// Sends bytes as they are and reads until the other side closes.
  String raw(String text) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout((int) LONG.toMillis());
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  String log() {
    return String.join("\n", lines);
  }

  Running running() {
    return running;
  }

  @Override
  public void close() {
    running.stop(Duration.ofSeconds(5));
    client.close();
  }

  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }
}
