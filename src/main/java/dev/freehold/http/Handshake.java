package dev.freehold.http;

import dev.freehold.digest.Digest;
import java.util.Base64;

/// The opening handshake of a WebSocket (RFC 6455 §4.2), version 13, without extensions.
final class Handshake {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;

  private Handshake() {}

  static boolean isAskedFor(Exchange exchange) {
    return exchange.method().equals("GET")
        && exchange.request().headers().contains("Upgrade", "websocket", true);
  }

  /// Turns the connection into a socket, or says what is missing.
  static void answer(Exchange exchange, Body.Socket socket) {
    var headers = exchange.request().headers();
    if (!isAskedFor(exchange)) {
      exchange.response().putHeader("Upgrade", "websocket");
      exchange.refuse(426, "This address speaks WebSocket only.");
      return;
    }
    if (!VERSION.equals(headers.get("Sec-WebSocket-Version"))) {
      exchange.request().resume();
      exchange.response().putHeader("Sec-WebSocket-Version", VERSION);
      exchange.refuse(426, "Only version 13 of the WebSocket protocol is spoken here.");
      return;
    }
    var key = headers.get("Sec-WebSocket-Key");
    if (key == null || !isKey(key)) {
      exchange.request().resume();
      exchange.refuse(400, "Sec-WebSocket-Key is missing or not 16 bytes in base64.");
      return;
    }
    exchange
        .response()
        .setStatusCode(101)
        .putHeader("Upgrade", "websocket")
        .putHeader("Connection", "Upgrade")
        .putHeader("Sec-WebSocket-Accept", accept(key));
    exchange
        .takeOver()
        .onComplete(
            connection -> {
              new WebSocket(exchange.channel()).open(connection, socket);
              exchange.finish();
            },
            gone -> exchange.finish());
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private static String accept(String key) {
    return Base64.getEncoder().encodeToString(Digest.SHA_1.of(key + MAGIC));
  }
}
