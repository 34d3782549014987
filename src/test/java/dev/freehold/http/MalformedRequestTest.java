package dev.freehold.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.telemetry.Events;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests that two readers could understand differently. None of them may reach a handler.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MalformedRequestTest {
  private static final int CLOSED = 0;

  private final List<String> reached = new java.util.concurrent.CopyOnWriteArrayList<>();
  private HttpEngine engine;
  private Listener listener;

  MalformedRequestTest() {
    engine = HttpEngine.start(Events.NONE);
    listener =
        engine.listen(
            ListenSpec.tcp("127.0.0.1", 0),
            request -> {
              reached.add(request.path());
              return Response.text(200, request.path());
            });
  }

  @BeforeAll
  void answersAGoodRequest() {
    assertThat(RawHttp.get(listener.port(), "a", "/good").status()).isEqualTo(200);
  }

  @AfterAll
  void stop() {
    engine.close();
  }

  record Case(String name, int status, String raw) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    var post = "POST /bad HTTP/1.1\r\nHost: a\r\n";
    return Stream.of(
        new Case(
            "length and chunked",
            400,
            post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        new Case("two lengths", 400, post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        new Case("length with a plus", 400, post + "Content-Length: +3\r\n\r\nabc"),
        new Case("negative length", 400, post + "Content-Length: -3\r\n\r\nabc"),
        new Case("unknown coding", 400, post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        new Case(
            "two codings",
            400,
            post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
        new Case(
            "chunked on 1.0",
            400,
            "POST /bad HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        new Case("space before colon", 400, "GET /bad HTTP/1.1\r\nHost : a\r\n\r\n"),
        new Case("bare CR in a value", 400, "GET /bad HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"),
        new Case("NUL in a value", 400, "GET /bad HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
        new Case("bare LF lines", 400, "GET /bad HTTP/1.1\nHost: a\n\n"),
        new Case("no host", 400, "GET /bad HTTP/1.1\r\n\r\n"),
        new Case("no host on 1.0", 400, "GET /bad HTTP/1.0\r\n\r\n"),
        new Case("two hosts", 400, "GET /bad HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        new Case("empty host", 400, "GET /bad HTTP/1.1\r\nHost:\r\n\r\n"),
        new Case("host with a path", 400, "GET /bad HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        new Case("host with a user", 400, "GET /bad HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        new Case("another host in the target", 400, "GET http://b/bad HTTP/1.1\r\nHost: a\r\n\r\n"),
        new Case("authority form", 400, "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
        new Case("bad escape", 400, "GET /bad%2 HTTP/1.1\r\nHost: a\r\n\r\n"),
        new Case("NUL escape", 400, "GET /bad%00 HTTP/1.1\r\nHost: a\r\n\r\n"),
        new Case("raw byte above ASCII", 400, "GET /b\u00e4d HTTP/1.1\r\nHost: a\r\n\r\n"),
        new Case(
            "dots behind encoded slash",
            400,
            "GET /bad/x%2f..%2f..%2fy HTTP/1.1\r\nHost: a\r\n\r\n"),
        new Case(
            "long target", 414, "GET /bad" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        new Case(
            "long header",
            431,
            "GET /bad HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(40_000) + "\r\n\r\n"),
        new Case("unknown version", 501, "GET /bad HTTP/1.9\r\nHost: a\r\n\r\n"),
        new Case(
            "LF in a chunk extension",
            CLOSED,
            post + "Transfer-Encoding: chunked\r\n\r\n3;a\nb\r\nabc\r\n0\r\n\r\n"),
        new Case(
            "chunk size in 0x",
            CLOSED,
            post + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefused(Case malformed) {
    reached.clear();
    try (var client = new RawHttp(listener.port())) {
      var smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
      client.write((malformed.raw() + smuggled).getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.read(false).status()).isEqualTo(malformed.status());
      assertThat(client.read(false).status()).describedAs("what follows").isZero();
      assertThat(reached).isEmpty();
    }
  }

  @Test
  void aFoldedHeaderBecomesOneLine() {
    var answer =
        RawHttp.exchange(
            listener.port(),
            "GET /folded HTTP/1.1\nHost: a\nX-A: one\n two\nConnection: close\n\n");
    assertThat(answer.text()).isEqualTo("/folded");
  }
}
