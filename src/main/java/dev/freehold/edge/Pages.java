package dev.freehold.edge;

import dev.freehold.http.Exchange;
import io.vertx.core.MultiMap;

/// The few plain answers the edge gives of its own. They name no app.
final class Pages {
  private Pages() {}

  static void plain(Exchange exchange, int status, String text) {
    if (!exchange.over() && !exchange.response().headWritten()) {
      exchange.response().putHeader("Cache-Control", "no-store");
      secure(exchange.response().headers());
    }
    exchange.refuse(status, text);
  }

  /// What every answer of ours carries. No content security policy: it would break apps.
  static void secure(MultiMap headers) {
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "strict-origin-when-cross-origin");
    headers.set("X-Frame-Options", "SAMEORIGIN");
  }
}
