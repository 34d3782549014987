package dev.freehold.backend.supabase.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client that sends and sees frames as they are on the wire: text as it is, bytes in hexadecimal
/// after `0x`, the end as `closed CODE`.
final class RawSocket implements WebSocket.Listener, AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final long PATIENCE_SECONDS = 15;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final StringBuilder piece = new StringBuilder();
  private final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
  private final boolean reading;
  private @Nullable WebSocket socket;
  private int ref;

  private RawSocket(boolean reading) {
    this.reading = reading;
  }

  static RawSocket open(int port, String key, String vsn) {
    return open(port, key, vsn, true);
  }

  static RawSocket open(int port, String key, String vsn, boolean reading) {
    var raw = new RawSocket(reading);
    raw.socket =
        CLIENT
            .newWebSocketBuilder()
            // What the gateway makes of `apikey`.
            .header("Authorization", "Bearer " + key)
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/websocket?vsn=" + vsn), raw)
            .join();
    return raw;
  }

  private WebSocket socket() {
    if (socket == null) {
      throw new IllegalStateException("not open");
    }
    return socket;
  }

  /// From where refs go on, as after a reconnection.
  RawSocket refsFrom(int next) {
    ref = next - 1;
    return this;
  }

  String nextRef() {
    return Integer.toString(++ref);
  }

  void text(String frame) {
    socket().sendText(frame, true).join();
  }

  void binary(byte[] frame) {
    socket().sendBinary(ByteBuffer.wrap(frame), true).join();
  }

  /// Joins `realtime:NAME`; the ref of the join.
  String join(String name, String payload) {
    var joinRef = nextRef();
    text(
        "[\"%s\",\"%s\",\"realtime:%s\",\"phx_join\",%s]"
            .formatted(joinRef, joinRef, name, payload));
    return joinRef;
  }

  /// Joins `realtime:NAME` and is told that it hears of changes.
  void subscribe(String name, String payload) {
    var unused = join(name, payload);
    assertThat(next("phx_reply").path("status").asString()).isEqualTo("ok");
    assertThat(next("system").path("message").asString()).isEqualTo("Subscribed to PostgreSQL");
  }

  /// The `id` of the row that the next frame, which must be a change, tells of.
  int insertedId() {
    return next("postgres_changes").path("data").path("record").path("id").asInt();
  }

  void push(String joinRef, String name, String event, String payload) {
    text(
        "[\"%s\",\"%s\",\"realtime:%s\",\"%s\",%s]"
            .formatted(joinRef, nextRef(), name, event, payload));
  }

  /// The next frame as it came.
  String next() {
    try {
      return String.valueOf(heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The next frame, which must be of this event; its payload.
  JsonNode next(String event) {
    var frame = next();
    var root = frame.startsWith("[") ? JSON.readTree(frame) : null;
    if (root == null || !root.get(3).asString().equals(event)) {
      throw new AssertionError("expected " + event + ", got " + frame);
    }
    return root.get(4);
  }

  /// Nothing comes for a moment.
  boolean isSilent() {
    try {
      var frame = heard.poll(400, TimeUnit.MILLISECONDS);
      if (frame != null) {
        heard.add(frame);
      }
      return frame == null;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void onOpen(WebSocket opened) {
    if (reading) {
      opened.request(Long.MAX_VALUE);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    piece.append(data);
    if (last) {
      heard.add(piece.toString());
      piece.setLength(0);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    while (data.hasRemaining()) {
      bytes.write(data.get());
    }
    if (last) {
      heard.add("0x" + java.util.HexFormat.of().formatHex(bytes.toByteArray()));
      bytes.reset();
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    heard.add("closed " + code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    heard.add("broken " + error);
  }

  /// Ends the connection without a word.
  void abort() {
    socket().abort();
  }

  @Override
  public void close() {
    abort();
  }
}
