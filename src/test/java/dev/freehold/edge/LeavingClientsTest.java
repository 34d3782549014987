package dev.freehold.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that leave are nobody's fault: the server's console, which nothing bounds, hears nothing
/// of them.
class LeavingClientsTest {
  private static final int LARGE = 30_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Handler console =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          said.add(line.getLoggerName() + " " + line.getMessage() + " " + line.getThrown());
        }

        @Override
        public void flush() {
          // Nothing waits.
        }

        @Override
        public void close() {
          // Nothing is held.
        }
      };

  @BeforeEach
  void listen() {
    Logger.getLogger("").addHandler(console);
  }

  @AfterEach
  void listenNoMore() {
    Logger.getLogger("").removeHandler(console);
  }

  @Test
  void theyAreNotToldToTheConsole(@TempDir Path store) throws Exception {
    try (var engine = HttpEngine.start(Events.NONE);
        var edge = new Edge(engine, EdgeSettings.on(ListenSpec.tcp("127.0.0.1", 0)), Events.NONE)) {
      var site = new TestSite(store).file("/large.bin", "x".repeat(LARGE)).manyPages();
      var content = new Content.StaticContent(site, List.of());
      edge.install(new Route("a/b", 1, Set.of("a"), true, content, List.of())).join();
      var listener = edge.listen();
      leave(listener.port(), "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n", 15);
      leave(listener.port(), "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n", 3_000_000);
      leave(listener.port(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", 0);
      leave(listener.port(), "GET / HT", 0);
      Eventually.until(PATIENCE, () -> listener.connections() == 0 && listener.inFlight() == 0);
      assertThat(said).isEmpty();
    }
  }

  /// Says something, hears so many bytes, and resets the connection.
  private static void leave(int port, String request, int bytes) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      assertThat(socket.getInputStream().readNBytes(bytes)).hasSize(bytes);
      socket.setSoLinger(true, 0);
    }
  }
}
