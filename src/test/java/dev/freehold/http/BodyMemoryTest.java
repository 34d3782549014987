package dev.freehold.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.digest.Digest;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies that are held whole, and what all of them together may hold.
class BodyMemoryTest {
  private static final int MOST = 1_000_000;
  private static final int LARGEST = 4_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CountDownLatch working = new CountDownLatch(1);
  private final CompletableFuture<String> goOn = new CompletableFuture<>();
  private BodyMemory memory;
  private HttpEngine engine;
  private Listener listener;

  BodyMemoryTest() {
    start(PATIENCE);
  }

  /// @param time how long a body may be arriving while others want its room
  private void start(Duration time) {
    memory = new BodyMemory(MOST, time);
    engine = HttpEngine.start(new HandlerRunner(Events.NONE, memory));
    var limits = Limits.DEFAULT.withMaxBodyBytes(LARGEST);
    listener = engine.listen(ListenSpec.tcp("127.0.0.1", 0).with(limits), this::answered);
  }

  private Response answered(Request request) {
    if (request.path().equals("/slow")) {
      working.countDown();
      goOn.join();
    }
    return Response.text(200, Digest.SHA_256.hex(request.body()));
  }

  @AfterEach
  void close() {
    listener.close();
    engine.close();
  }

  private static byte[] head(int length) {
    return ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n").getBytes(UTF_8);
  }

  private String answer(int length) throws IOException {
    try (var client = new RawHttp(listener.port())) {
      client.write(head(length));
      client.write(new byte[length]);
      return client.line();
    }
  }

  @Test
  void whoeverComesTooLateIsAskedToComeAgainAndSmallOnesAreAnswered() throws Exception {
    try (var first = new RawHttp(listener.port())) {
      first.write(head(MOST));
      first.write(new byte[MOST - 100]);
      Eventually.until(PATIENCE, () -> memory.held() >= MOST - BodyMemory.FREE_BYTES - 100);
      assertThat(answer(200_000)).isEqualTo("HTTP/1.1 503 Service Unavailable");
      assertThat(answer(BodyMemory.FREE_BYTES)).isEqualTo("HTTP/1.1 200 OK");
      assertThat(answer(0)).isEqualTo("HTTP/1.1 200 OK");
      first.write(new byte[100]);
      assertThat(first.line()).isEqualTo("HTTP/1.1 200 OK");
    }
    Eventually.until(PATIENCE, () -> memory.held() == 0);
    assertThat(answer(200_000)).isEqualTo("HTTP/1.1 200 OK");
  }

  @Test
  void oneAloneMayHaveAllItsLimitAllows() throws Exception {
    assertThat(answer(LARGEST)).isEqualTo("HTTP/1.1 200 OK");
    Eventually.until(PATIENCE, () -> memory.held() == 0);
  }

  @Test
  void whoTakesTooLongMakesRoom() throws Exception {
    close();
    start(Duration.ofSeconds(1));
    try (var slow = new RawHttp(listener.port())) {
      slow.write(head(MOST));
      slow.write(new byte[MOST - 100]);
      Eventually.until(PATIENCE, () -> memory.held() >= MOST - BodyMemory.FREE_BYTES - 100);
      Eventually.until(PATIENCE, () -> answer(200_000).equals("HTTP/1.1 200 OK"));
      assertThat(slow.line()).isEqualTo("HTTP/1.1 408 Request Timeout");
    }
    Eventually.until(PATIENCE, () -> memory.held() == 0);
  }

  @Test
  void aClientThatLeavesHoldsNothing() throws Exception {
    try (var client = new RawHttp(listener.port())) {
      client.write(head(MOST));
      client.write(new byte[MOST / 2]);
      Eventually.until(PATIENCE, () -> memory.held() > MOST / 4);
    }
    Eventually.until(PATIENCE, () -> memory.held() == 0);
  }

  @Test
  void aHandlerWhoseClientLeftStillHoldsItsBody() throws Exception {
    try (var client = new RawHttp(listener.port())) {
      client.write(
          "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n".getBytes(UTF_8));
      client.write(new byte[900_000]);
      assertThat(working.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    Eventually.until(PATIENCE, () -> listener.connections() == 0 && listener.inFlight() == 0);
    assertThat(answer(200_000)).isEqualTo("HTTP/1.1 503 Service Unavailable");
    goOn.complete("on");
    Eventually.until(PATIENCE, () -> memory.held() == 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 16_383, 16_384, 16_385, 32_768, 32_769, 300_001})
  void bodiesAreWholeHoweverTheyCome(int length) throws Exception {
    var random = new Random(length);
    var body = new byte[length];
    random.nextBytes(body);
    try (var client = new RawHttp(listener.port())) {
      client.write(head(length));
      client.write(body);
      assertThat(client.read(false).text()).isEqualTo(Digest.SHA_256.hex(body));
      client.write(
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(UTF_8));
      client.write(chunked(body, random));
      assertThat(client.read(false).text()).isEqualTo(Digest.SHA_256.hex(body));
    }
    Eventually.until(PATIENCE, () -> memory.held() == 0);
  }

  private static byte[] chunked(byte[] body, Random random) throws Exception {
    var out = new ByteArrayOutputStream();
    for (int at = 0; at < body.length; ) {
      int count = Math.min(body.length - at, 1 + random.nextInt(30_000));
      out.write((Integer.toHexString(count) + "\r\n").getBytes(UTF_8));
      out.write(body, at, count);
      out.write("\r\n".getBytes(UTF_8));
      at += count;
    }
    out.write("0\r\n\r\n".getBytes(UTF_8));
    return out.toByteArray();
  }
}
