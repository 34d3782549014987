package dev.freehold.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.Eventually;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket.Listener;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A handler that answers with a socket: the JDK's client, and frames byte by byte.
class WebSocketTest {
  private static final int MAX_MESSAGE = 1_000;
  private static final BlockingQueue<String> ENDS = new LinkedBlockingQueue<>();
  private static HttpEngine engine;
  private static dev.freehold.http.Listener listener;

  @BeforeAll
  static void serve() {
    engine = HttpEngine.start(event -> {});
    listener =
        engine.listen(
            ListenSpec.tcp("127.0.0.1", 0),
            request ->
                request.path().equals("/plain")
                    ? Response.text(200, "no socket")
                    : Response.socket(MAX_MESSAGE, Echo::new));
  }

  @AfterAll
  static void close() {
    listener.close();
    engine.close();
  }

  /// Says back what it hears; `bye` closes, `flood` sends until the client is told.
  private record Echo(WebSocket socket) implements WebSocket.Receiver {
    @Override
    public void text(byte[] utf8) {
      var text = new String(utf8, UTF_8);
      if (text.equals("bye")) {
        socket.close(4001, "as you wish");
        return;
      }
      if (text.equals("pending")) {
        for (int i = 0; i < 400; i++) {
          try (var frame = Frame.binary(new byte[100_000])) {
            socket.send(frame);
          }
        }
        ENDS.add("pending " + (socket.pendingBytes() > 1_000_000));
        socket.cut();
        return;
      }
      try (var frame = Frame.text(utf8, "!".getBytes(UTF_8))) {
        socket.send(frame);
        socket.send(frame);
      }
    }

    @Override
    public void binary(byte[] message) {
      try (var frame = Frame.binary(message)) {
        socket.send(frame);
      }
    }

    @Override
    public void closed() {
      ENDS.add("closed");
    }
  }

  @Test
  void messagesGoBothWaysInPiecesAndWhole() throws Exception {
    var heard = new Heard();
    var socket = connect(heard);
    socket.sendText("in ", false).join();
    socket.sendText("pieces", true).join();
    assertThat(heard.next()).isEqualTo("in pieces!");
    assertThat(heard.next()).isEqualTo("in pieces!");
    socket.sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true).join();
    assertThat(heard.next()).isEqualTo("3 bytes");
    socket.sendPing(ByteBuffer.wrap(new byte[] {7})).join();
    assertThat(heard.next()).isEqualTo("pong 7");
    socket.sendText("bye", true).join();
    assertThat(heard.next()).isEqualTo("closed 4001 as you wish");
    assertThat(ENDS.poll(20, TimeUnit.SECONDS)).isEqualTo("closed");
    Eventually.until(Duration.ofSeconds(20), () -> listener.inFlight() == 0);
  }

  @Test
  void aMessageAboveTheLimitEndsTheSocketWith1009() throws Exception {
    var heard = new Heard();
    connect(heard).sendText("x".repeat(MAX_MESSAGE + 1), true).join();
    assertThat(heard.next()).startsWith("closed 1009");
    assertThat(ENDS.poll(20, TimeUnit.SECONDS)).isEqualTo("closed");
  }

  @Test
  void aClientThatDoesNotReadIsSeenByWhatIsPending() throws Exception {
    var heard = new Heard();
    heard.reading = false;
    connect(heard).sendText("pending", true).join();
    assertThat(ENDS.poll(20, TimeUnit.SECONDS)).isEqualTo("pending true");
    assertThat(ENDS.poll(20, TimeUnit.SECONDS)).isEqualTo("closed");
  }

  @Test
  void unmaskedFramesAreAProtocolError() throws Exception {
    try (var raw = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
      var in = shake(raw, "dGhlIHNhbXBsZSBub25jZQ==");
      assertThat(in)
          .contains("101 ")
          .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      raw.getOutputStream().write(new byte[] {(byte) 0x81, 1, 'a'});
      var data = new DataInputStream(raw.getInputStream());
      assertThat(data.readUnsignedByte()).isEqualTo(0x88);
      assertThat(data.readUnsignedByte()).isEqualTo(2);
      assertThat(data.readUnsignedShort()).isEqualTo(1002);
    }
    assertThat(ENDS.poll(20, TimeUnit.SECONDS)).isEqualTo("closed");
  }

  /// Connections are counted until they close, sockets among them.
  @Test
  void socketsThatAreGoneDoNotCount() throws Exception {
    var few = new Limits(1_000, 8_000, 8_000, 10, 3, java.time.Duration.ofSeconds(10));
    var spec = ListenSpec.tcp("127.0.0.1", 0).with(few);
    var narrow = engine.listen(spec, request -> Response.socket(MAX_MESSAGE, Echo::new));
    try (var client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 10; i++) {
        var heard = new Heard();
        var socket =
            client
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + narrow.port() + "/"), heard)
                .get(10, TimeUnit.SECONDS);
        var unusedNobodyWaits = socket.sendText("bye", true);
        assertThat(ENDS.poll(10, TimeUnit.SECONDS)).isNotNull();
      }
    } finally {
      narrow.close();
    }
  }

  @Test
  void whoeverDoesNotAskProperlyIsToldSo() throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var plain = http.send(get("/socket"), BodyHandlers.ofString());
      assertThat(plain.statusCode()).isEqualTo(426);
    }
    try (var raw = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
      assertThat(shake(raw, "short")).contains("400 ");
    }
    try (var raw = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
      var asking = new String(head("dGhlIHNhbXBsZSBub25jZQ=="), UTF_8).replace("/socket", "/plain");
      raw.getOutputStream().write(asking.getBytes(UTF_8));
      assertThat(readHead(raw)).contains("200 ");
    }
  }

  private static HttpRequest get(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + path)).build();
  }

  private static byte[] head(String key) {
    return ("GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            + key
            + "\r\n\r\n")
        .getBytes(UTF_8);
  }

  private static String shake(Socket raw, String key) throws IOException {
    raw.getOutputStream().write(head(key));
    return readHead(raw);
  }

  private static String readHead(Socket raw) throws IOException {
    raw.setSoTimeout(5_000);
    var text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      text.append((char) raw.getInputStream().read());
    }
    return text.toString();
  }

  private static java.net.http.WebSocket connect(Heard heard) {
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(URI.create("ws://127.0.0.1:" + listener.port() + "/socket"), heard)
        .join();
  }

  private static final class Heard implements Listener {
    private final BlockingQueue<String> all = new LinkedBlockingQueue<>();
    private boolean reading = true;

    String next() throws InterruptedException {
      return String.valueOf(all.poll(20, TimeUnit.SECONDS));
    }

    @Override
    public void onOpen(java.net.http.WebSocket socket) {
      if (reading) {
        socket.request(Long.MAX_VALUE);
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(
        java.net.http.WebSocket socket, CharSequence data, boolean last) {
      all.add(data.toString());
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(
        java.net.http.WebSocket socket, ByteBuffer data, boolean last) {
      all.add(data.remaining() + " bytes");
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(java.net.http.WebSocket socket, ByteBuffer data) {
      all.add("pong " + data.get());
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(
        java.net.http.WebSocket socket, int code, String reason) {
      all.add("closed " + code + " " + reason);
      return null;
    }
  }
}
