package dev.freehold.edge;

import dev.freehold.http.Exchange;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Which header fields travel on (RFC 9110 §7.6.1). Connection fields end here, those named by
/// `Connection` among them; what a client claims about where it comes from is dropped and replaced
/// by what we know.
final class ForwardedHeaders {
  private static final Set<String> CONNECTION_FIELDS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private static final Set<String> CLAIMS = Set.of("forwarded", "x-real-ip", "expect");
  private static final String CLAIM_PREFIX = "x-forwarded-";

  private ForwardedHeaders() {}

  static MultiMap toUpstream(Exchange exchange) {
    var sent = exchange.request().headers();
    var dropped = namedByConnection(sent);
    var forwarded = HttpHeaders.headers();
    for (var field : sent) {
      var name = field.getKey().toLowerCase(Locale.ROOT);
      boolean ends =
          CONNECTION_FIELDS.contains(name)
              || CLAIMS.contains(name)
              || name.startsWith(CLAIM_PREFIX)
              || dropped.contains(name)
              || name.equals("host");
      if (!ends) {
        forwarded.add(field.getKey(), field.getValue());
      }
    }
    forwarded.set("Host", exchange.host());
    forwarded.set("X-Forwarded-For", exchange.remote());
    forwarded.set("X-Forwarded-Proto", exchange.scheme());
    forwarded.set("X-Forwarded-Host", exchange.host());
    return forwarded;
  }

  static void toClient(MultiMap answered, MultiMap out) {
    var dropped = namedByConnection(answered);
    if (answered.contains("Date")) {
      out.remove("Date");
    }
    for (var field : answered) {
      var name = field.getKey().toLowerCase(Locale.ROOT);
      if (!CONNECTION_FIELDS.contains(name) && !dropped.contains(name)) {
        out.add(field.getKey(), field.getValue());
      }
    }
  }

  private static Set<String> namedByConnection(MultiMap headers) {
    var fields = headers.getAll("Connection");
    if (fields.isEmpty()) {
      return Set.of();
    }
    var names = new HashSet<String>();
    for (var field : fields) {
      for (var name : field.split(",")) {
        names.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    // Framing is not the sender's to hide: a length named here would be read differently behind us.
    names.remove("content-length");
    names.remove("host");
    return names;
  }
}
