package dev.freehold.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.RawHttp;
import dev.freehold.http.Response;
import dev.freehold.telemetry.Events;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every buffer the engine lends us goes back, also when clients leave in the middle, requests are
/// refused and apps break off. The tests run with leak detection at its strictest.
class BufferLeakTest {
  private static final int ROUNDS = 15;

  @Test
  void noBufferIsLost(@TempDir Path store) throws Exception {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    Queue<String> leaks = new ConcurrentLinkedQueue<>();
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + records));
    try (var app = new NodeApp();
        var engine = HttpEngine.start(Events.NONE);
        var edge = new Edge(engine, EdgeSettings.on(ListenSpec.tcp("127.0.0.1", 0)), Events.NONE)) {
      var assets =
          new TestSite(store).file("/a.txt", "small").file("/big.bin", "x".repeat(2_000_000));
      var content =
          new Content.ProcessContent(List.of(app.upstream()), assets.singlePage(), List.of());
      var mount = new Mount("/m", r -> Response.text(200, r.text()), 10);
      edge.install(new Route("a/b", 1, Set.of("a"), true, content, List.of(mount))).join();
      int port = edge.listen().port();
      for (int i = 0; i < ROUNDS; i++) {
        behaveWell(port);
        behaveBadly(port);
      }
    }
    for (int i = 0; i < 10; i++) {
      System.gc();
      Thread.sleep(20);
      assertThat(PooledByteBufAllocator.DEFAULT.buffer(16).release()).isTrue();
    }
    assertThat(leaks).isEmpty();
  }

  private static void behaveWell(int port) {
    assertThat(RawHttp.get(port, "a", "/a.txt").text()).isEqualTo("small");
    assertThat(RawHttp.get(port, "a", "/echo").status()).isEqualTo(200);
    var post = "POST %s HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc";
    assertThat(RawHttp.exchange(port, post.formatted("/count")).text()).isEqualTo("3");
    assertThat(RawHttp.exchange(port, post.formatted("/m")).text()).isEqualTo("abc");
  }

  private static void behaveBadly(int port) {
    assertThat(RawHttp.get(port, "a", "/drop").status()).isEqualTo(502);
    assertThat(RawHttp.get(port, "a", "/%zz").status()).isEqualTo(400);
    var half = "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\nabc";
    for (var abandoned :
        List.of(
            half.formatted("/count"),
            half.formatted("/m"),
            half.formatted("/a.txt"),
            half.formatted("/m").replace("300", "9"),
            "GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /flood HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /events HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /a.t")) {
      try (var client = new RawHttp(port)) {
        client.write(abandoned.getBytes(UTF_8));
      }
    }
  }
}
