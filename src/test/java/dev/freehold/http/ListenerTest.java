package dev.freehold.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Event;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerTest {
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final HttpEngine engine = HttpEngine.start(events::add);

  @AfterEach
  void stop() {
    engine.close();
  }

  private int serve(Handler handler) {
    return serve(Limits.DEFAULT, handler);
  }

  private int serve(Limits limits, Handler handler) {
    return engine.listen(ListenSpec.tcp("127.0.0.1", 0).with(limits), handler).port();
  }

  @Test
  void aHandlerSeesTheRequestAndItsBodyOnAVirtualThread() {
    int port =
        serve(r ->
            Response.json(
                201,
                "%s %s %s %s %s %s %s"
                    .formatted(
                        r.method(),
                        r.path(),
                        r.query(),
                        r.scheme(),
                        r.host(),
                        r.text(),
                        Thread.currentThread().isVirtual())));
    var answer =
        RawHttp.exchange(port, "POST /a/../b?c HTTP/1.1\nHost: Shop:80\nContent-Length: 4\n\nbody");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text()).isEqualTo("POST /b c http shop:80 body true");
    assertThat(answer.header("content-type")).isEqualTo("application/json; charset=utf-8");
    assertThat(answer.header("date")).endsWith("GMT");
  }

  @Test
  void headGetsTheLengthAndNoBody() {
    int port = serve(r -> Response.text(200, "twelve bytes"));
    try (var client = new RawHttp(port)) {
      var answer = client.send("HEAD / HTTP/1.1\nHost: a\n\n");
      assertThat(answer.header("content-length")).isEqualTo("12");
      assertThat(client.send("GET / HTTP/1.1\nHost: a\n\n").text()).isEqualTo("twelve bytes");
    }
  }

  @Test
  void aBodyAboveTheLimitIs413() {
    int port = serve(Limits.DEFAULT.withMaxBodyBytes(10), r -> Response.of(204));
    var announced =
        RawHttp.exchange(port, "POST / HTTP/1.1\nHost: a\nContent-Length: 11\n\n12345678901");
    assertThat(announced.status()).isEqualTo(413);
    assertThat(announced.header("connection")).isEqualTo("close");
    var chunked =
        RawHttp.exchange(
            port, "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\nb\n12345678901\n0\n\n");
    assertThat(chunked.status()).isEqualTo(413);
    var fits = RawHttp.exchange(port, "POST / HTTP/1.1\nHost: a\nContent-Length: 1\n\nx");
    assertThat(fits.status()).isEqualTo(204);
  }

  @Test
  void aClientThatAsksFirstIsToldWhetherToSend() {
    int port = serve(Limits.DEFAULT.withMaxBodyBytes(10), r -> Response.text(200, r.text()));
    var head = "POST / HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: ";
    try (var client = new RawHttp(port)) {
      assertThat(client.send(head + "5\n\n").status()).isEqualTo(100);
      client.write("hello".getBytes(UTF_8));
      assertThat(client.read(false).text()).isEqualTo("hello");
    }
    assertThat(RawHttp.exchange(port, head + "50\n\n").status()).isEqualTo(413);
  }

  @Test
  void aProblemBecomesProblemDetails() {
    int port =
        serve(r -> {
          throw Problem.of("release-not-found", "There is no \"v9\".").hint("Look.").raise();
        });
    var answer = RawHttp.get(port, "a", "/");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.text())
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"There is no \\\"v9\\\".\",\"status\":404,"
                + "\"code\":\"release-not-found\",\"hint\":\"Look.\"}");
    assertThat(events).isEmpty();
  }

  @Test
  void aBugIsStatedAndNotShown() {
    int port =
        serve(r -> {
          throw new IllegalStateException("password=hunter2");
        });
    var answer = RawHttp.get(port, "a", "/x?token=secret");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).doesNotContain("hunter2");
    assertThat(events).singleElement().asString().contains("hunter2").doesNotContain("secret");
  }

  @Test
  void anIllegalHeaderIsAnErrorAndSplitsNothing() {
    int port = serve(r -> Response.of(200).with("X-A", "a\r\nX-B: b"));
    var answer = RawHttp.get(port, "a", "/");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.headers()).doesNotContainKey("x-b");
  }

  @Test
  void aStreamIsPulledAsTheClientReadsAndCancelledWhenItLeaves() throws Exception {
    var source = new Endless();
    int port = serve(r -> new Response(200, Headers.EMPTY, new Body.Stream(source)));
    try (var client = new RawHttp(port)) {
      client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
      while (!client.line().isEmpty()) {}
      assertThat(client.chunk()).hasSize(Endless.PIECE);
      int before = settled(source.sent);
      assertThat(before).describedAs("held back by the client").isLessThan(600);
      assertThat(settled(source.sent)).isEqualTo(before);
    }
    assertThat(source.cancelled.await(20, TimeUnit.SECONDS)).isTrue();
  }

  private static int settled(AtomicInteger number) throws InterruptedException {
    int last = -1;
    while (number.get() != last) {
      last = number.get();
      Thread.sleep(150);
    }
    return last;
  }

  /// Sends 64 KB for every piece asked for, without end.
  private static final class Endless implements Flow.Publisher<byte[]>, Flow.Subscription {
    static final int PIECE = 65_536;
    final AtomicInteger sent = new AtomicInteger();
    final CountDownLatch cancelled = new CountDownLatch(1);
    private final CompletableFuture<Flow.Subscriber<? super byte[]>> reader =
        new CompletableFuture<>();

    @Override
    public void subscribe(Flow.Subscriber<? super byte[]> subscriber) {
      reader.complete(subscriber);
      subscriber.onSubscribe(this);
    }

    @Override
    public void request(long count) {
      for (long i = 0; i < count; i++) {
        sent.incrementAndGet();
        reader.join().onNext(new byte[PIECE]);
      }
    }

    @Override
    public void cancel() {
      cancelled.countDown();
    }
  }

  @Test
  void tooManyAtOnceAreTurnedAway() throws Exception {
    var inside = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    int port =
        serve(
            Limits.DEFAULT.withMaxInFlight(1),
            r -> {
              inside.countDown();
              awaitUnchecked(go);
              return Response.of(204);
            });
    try (var first = new RawHttp(port)) {
      first.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
      assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
      var turnedAway = RawHttp.get(port, "a", "/");
      assertThat(turnedAway.status()).isEqualTo(503);
      assertThat(turnedAway.header("retry-after")).isEqualTo("1");
      go.countDown();
      assertThat(first.read(false).status()).isEqualTo(204);
    }
    assertThat(RawHttp.get(port, "a", "/").status()).isEqualTo(204);
  }

  @Test
  void silenceEndsAConnectionAndADrippingHeadIsSilence() throws Exception {
    int port =
        serve(
            Limits.DEFAULT.withIdle(Duration.ofMillis(300)),
            r -> {
              awaitUnchecked(Duration.ofMillis(900));
              return Response.text(200, "slow but answered");
            });
    assertThat(RawHttp.get(port, "a", "/").text()).isEqualTo("slow but answered");
    try (var dripping = new RawHttp(port)) {
      long begun = System.nanoTime();
      Thread.ofVirtual()
          .start(() -> {
            for (int i = 0; i < 100; i++) {
              try {
                dripping.write("X".getBytes(UTF_8));
              } catch (java.io.UncheckedIOException closed) {
                return;
              }
              awaitUnchecked(Duration.ofMillis(100));
            }
          });
      assertThat(dripping.read(false).status()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
    }
  }

  @Test
  void aDrainAnswersWhatRunsAndThenCloses() throws Exception {
    var inside = new CountDownLatch(1);
    var listener =
        engine.listen(
            ListenSpec.tcp("127.0.0.1", 0),
            r -> {
              inside.countDown();
              awaitUnchecked(Duration.ofMillis(300));
              return Response.text(200, "done");
            });
    try (var client = new RawHttp(listener.port())) {
      client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
      assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
      listener.drain(Duration.ofSeconds(5));
      assertThat(client.read(false).text()).isEqualTo("done");
    }
    assertThatThrownBy(() -> new RawHttp(listener.port()));
  }

  @Test
  void aUnixSocketIsOursAloneAndReplacesADeadOne(@TempDir Path folder) throws Exception {
    var path = folder.resolve("control.sock");
    try (var dead = java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    var listener = engine.listen(ListenSpec.unix(path), r -> Response.text(200, "control"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(folder.toFile().list()).containsExactly("control.sock");
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      channel.write(
          ByteBuffer.wrap(
              "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(UTF_8)));
      var answer = ByteBuffer.allocate(4_096);
      while (channel.read(answer) >= 0) {}
      assertThat(new String(answer.array(), 0, answer.position(), UTF_8))
          .startsWith("HTTP/1.1 200 OK")
          .endsWith("control");
    }
    assertThatThrownBy(() -> engine.listen(ListenSpec.unix(path), r -> Response.of(204)))
        .isInstanceOf(ProblemException.class);
    listener.close();
    assertThat(path).doesNotExist();
  }

  @Test
  void aTakenPortIsAProblem() {
    int port = serve(r -> Response.of(204));
    try (var other = HttpEngine.start(events::add)) {
      assertThatThrownBy(
              () -> other.listen(ListenSpec.tcp("127.0.0.1", port), r -> Response.of(204)))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("listen-address-unavailable");
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitUnchecked(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
