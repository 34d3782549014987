package dev.freehold.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A real Node.js process as an app: `src/test/resources/edge/upstream.js`.
final class NodeApp implements AutoCloseable {
  private final Process process;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final int port;

  NodeApp() {
    try {
      process =
          new ProcessBuilder("node", Path.of("src/test/resources/edge/upstream.js").toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::read);
    port = Integer.parseInt(next().substring("port ".length()));
  }

  private void read() {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      reader.lines().forEach(lines::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Upstream upstream() {
    return new Upstream("127.0.0.1", port);
  }

  /// The next line the app wrote.
  String next() {
    try {
      var line = lines.poll(10, TimeUnit.SECONDS);
      assertThat(line).describedAs("a line of the app").isNotNull();
      return String.valueOf(line);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
