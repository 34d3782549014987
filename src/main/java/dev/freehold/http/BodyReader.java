package dev.freehold.http;

import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/// Reads one request's body whole, up to a limit. Above it the client gets 413 and the connection
/// is closed; a client that waits for `100 Continue` gets it only once its length is known to fit.
final class BodyReader {
  /// How long a body may take in all, so that one that drips in does not hold its place for ever.
  private static final long MAX_READ_MS = 15 * 60_000;

  private final Exchange exchange;
  private final int maxBytes;
  private final Consumer<byte[]> whenWhole;
  private final Buffer gathered = Buffer.buffer();
  private boolean refused;
  private boolean whole;

  BodyReader(Exchange exchange, int maxBytes, Consumer<byte[]> whenWhole) {
    this.exchange = exchange;
    this.maxBytes = maxBytes;
    this.whenWhole = whenWhole;
  }

  void read() {
    var request = exchange.request();
    var announced = request.getHeader("Content-Length");
    if (announced != null && Long.parseLong(announced) > maxBytes) {
      refuse();
      return;
    }
    if (request.headers().contains("Expect", "100-continue", true)) {
      exchange.response().writeContinue();
    }
    if (announced != null || request.headers().contains("Transfer-Encoding")) {
      var vertx = exchange.context().owner();
      long timer = vertx.setTimer(MAX_READ_MS, id -> tooSlow());
      exchange.atEnd(() -> vertx.cancelTimer(timer));
    }
    request.handler(this::take);
    request.endHandler(end -> {
      if (!refused && !exchange.over()) {
        whenWhole.accept(gathered.getBytes());
      }
    });
  }

  private void take(Buffer piece) {
    if (refused) {
      return;
    }
    if (gathered.length() + piece.length() > maxBytes) {
      refuse();
    } else {
      gathered.appendBuffer(piece);
    }
  }

  private void tooSlow() {
    if (whole) {
      return;
    }
    refused = true;
    exchange.closeAfterAnswer();
    exchange.refuse(408, "The request body did not arrive in time.");
  }

  private void refuse() {
    refused = true;
    exchange.closeAfterAnswer();
    exchange.refuse(413, "The request body is larger than " + maxBytes + " bytes.");
  }
}
