package dev.freehold.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.http.HttpEngine;
import dev.freehold.http.Limits;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.RawHttp;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client that asks for a large file and does not read it holds neither a connection nor a
/// switch.
class SlowReaderTest {
  private static final int LARGE = 30_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void aConnectionThatTakesNothingIsClosed(@TempDir Path store) throws Exception {
    var limits = Limits.DEFAULT.withIdle(Duration.ofMillis(300));
    try (var engine = HttpEngine.start(Events.NONE);
        var edge = edge(engine, limits, Duration.ofSeconds(30))) {
      assertThat(edge.install(route(1, store)).join().release()).isZero();
      var listener = edge.listen();
      try (var client = new RawHttp(listener.port())) {
        client.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
        assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
        Eventually.until(PATIENCE, () -> listener.connections() == 0 && listener.inFlight() == 0);
      }
    }
  }

  @Test
  void aSwitchCutsADownloadThatTakesTooLong(@TempDir Path store) throws Exception {
    try (var engine = HttpEngine.start(Events.NONE);
        var edge = edge(engine, Limits.DEFAULT, Duration.ofMillis(300))) {
      assertThat(edge.install(route(1, store)).join().release()).isZero();
      try (var client = new RawHttp(edge.listen().port())) {
        client.write("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
        assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(edge.install(route(2, store)).join()).isEqualTo(new Drained("a/b", 1, 1));
      }
    }
  }

  private static Edge edge(HttpEngine engine, Limits limits, Duration drainLimit) {
    var listen = ListenSpec.tcp("127.0.0.1", 0).with(limits);
    return new Edge(
        engine, EdgeSettings.on(listen).withDrain(drainLimit, Duration.ZERO), Events.NONE);
  }

  private static Route route(int release, Path store) {
    var site = new TestSite(store).file("/large.bin", "x".repeat(LARGE)).manyPages();
    var content = new Content.StaticContent(site, List.of());
    return new Route("a/b", release, Set.of("a"), true, content, List.of());
  }
}
