package dev.freehold.edge;

import dev.freehold.http.Exchange;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;

/// A WebSocket passed through byte by byte, each side slowed to the pace of the other. When its
/// route is replaced the client gets a close frame with 1001, going away (RFC 6455 §7.4.1), between
/// two frames of the app.
final class Tunnel {
  private static final long WAIT_FOR_FRAME_END_MS = 2_000;

  private final Vertx vertx;
  private final Exchange exchange;
  private final NetSocket client;
  private final NetSocket upstream;
  private final LiveRoute live;
  private final FrameBoundary towardsClient = new FrameBoundary();
  private boolean leaving;
  private boolean closed;

  Tunnel(Vertx vertx, Exchange exchange, NetSocket client, NetSocket upstream, LiveRoute live) {
    this.vertx = vertx;
    this.exchange = exchange;
    this.client = client;
    this.upstream = upstream;
    this.live = live;
  }

  void open() {
    upstream.handler(bytes -> {
      towardsClient.feed(bytes);
      write(bytes, upstream, client);
      if (leaving && towardsClient.betweenFrames()) {
        closeGoingAway();
      }
    });
    client.handler(bytes -> write(bytes, client, upstream));
    client.exceptionHandler(broken -> close());
    upstream.exceptionHandler(broken -> close());
    client.closeHandler(gone -> close());
    upstream.closeHandler(gone -> close());
    client.resume();
    upstream.resume();
    live.remember(this);
  }

  private static void write(Buffer bytes, NetSocket from, NetSocket to) {
    to.write(bytes);
    if (to.writeQueueFull()) {
      from.pause();
      to.drainHandler(room -> from.resume());
    }
  }

  /// From any thread.
  void goAway() {
    exchange
        .context()
        .runOnContext(v -> {
          if (closed || leaving) {
            return;
          }
          leaving = true;
          if (towardsClient.betweenFrames()) {
            closeGoingAway();
          } else {
            vertx.setTimer(WAIT_FOR_FRAME_END_MS, id -> close());
          }
        });
  }

  /// From any thread.
  void cut() {
    exchange
        .context()
        .runOnContext(v -> {
          close();
          exchange.cut();
        });
  }

  private void closeGoingAway() {
    if (!closed) {
      var goingAway = Buffer.buffer(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xe9});
      client.write(goingAway).onComplete(sent -> close());
    }
  }

  private void close() {
    if (!closed) {
      closed = true;
      live.forget(this);
      client.close();
      upstream.close();
      exchange.finish();
    }
  }
}
