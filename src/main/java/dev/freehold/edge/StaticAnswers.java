package dev.freehold.edge;

import dev.freehold.http.ByteRange;
import dev.freehold.http.Exchange;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers with files: which one, in which form, and how much of it.
final class StaticAnswers {
  private static final String ASSETS_FOLDER = "/assets/";

  private final AssetCache cache;

  StaticAnswers(AssetCache cache) {
    this.cache = cache;
  }

  /// Answers a request nobody else will answer: with the file, the page behind it, or 404.
  void answer(Exchange exchange, StaticSite site, List<StaticSite> recent) {
    if (!isRead(exchange)) {
      exchange.response().putHeader("Allow", "GET, HEAD");
      Pages.plain(exchange, 405, "Only GET and HEAD work here.");
      return;
    }
    if (send(exchange, site.fileOrPage(exchange.path()), recent)) {
      return;
    }
    var page = isNavigation(exchange) ? site.page() : null;
    if (page != null) {
      send(exchange, page);
      return;
    }
    var notFound = site.notFoundPage();
    if (notFound == null) {
      Pages.plain(exchange, 404, "Not found.");
    } else {
      sendWithStatus(exchange, notFound, 404);
    }
  }

  /// Answers if a file has exactly this path, in this site or in one whose files outlived it.
  boolean answerIfPresent(Exchange exchange, StaticSite site, List<StaticSite> recent) {
    return isRead(exchange) && send(exchange, site.file(exchange.path()), recent);
  }

  private boolean send(Exchange exchange, @Nullable StaticFile current, List<StaticSite> recent) {
    var file = current;
    for (int i = 0; file == null && i < recent.size(); i++) {
      file = recent.get(i).outlastingFile(exchange.path());
    }
    if (file == null) {
      return false;
    }
    send(exchange, file);
    return true;
  }

  private static boolean isRead(Exchange exchange) {
    return exchange.method().equals("GET") || exchange.method().equals("HEAD");
  }

  /// A page of the app's own router, not a script or an image that is missing: an HTML page in
  /// place of a script breaks an app in ways that are hard to see.
  private static boolean isNavigation(Exchange exchange) {
    var path = exchange.path();
    if (path.startsWith(ASSETS_FOLDER) || path.contains("/.") || ContentTypes.isKnown(path)) {
      return false;
    }
    if (ContentTypes.extension(path).isEmpty()) {
      return true;
    }
    var accept = exchange.request().getHeader("Accept");
    return accept != null && accept.contains("text/html");
  }

  private void send(Exchange exchange, StaticFile file) {
    var request = exchange.request();
    var rangeHeader = request.getHeader("Range");
    var rendition =
        rangeHeader == null ? file.choose(request.getHeader("Accept-Encoding")) : file.plain;
    putHeaders(exchange, file, rendition);
    if (matches(request.getHeader("If-None-Match"), rendition.etag())) {
      exchange.response().setStatusCode(304).end();
      return;
    }
    var ifRange = request.getHeader("If-Range");
    var range = ifRange == null || ifRange.equals(rendition.etag()) ? rangeHeader : null;
    withBytes(exchange, rendition, 200, range);
  }

  private void sendWithStatus(Exchange exchange, StaticFile file, int status) {
    var rendition = file.choose(exchange.request().getHeader("Accept-Encoding"));
    putHeaders(exchange, file, rendition);
    exchange.response().headers().remove("ETag").remove("Accept-Ranges");
    withBytes(exchange, rendition, status, null);
  }

  private static void putHeaders(Exchange exchange, StaticFile file, Rendition rendition) {
    var headers = exchange.response().headers();
    headers.set("Content-Type", file.contentType);
    headers.set("Cache-Control", file.cacheControl);
    headers.set("ETag", rendition.etag());
    headers.set("Accept-Ranges", "bytes");
    if (file.varies()) {
      headers.set("Vary", "Accept-Encoding");
    }
    if (!rendition.contentEncoding().isEmpty()) {
      headers.set("Content-Encoding", rendition.contentEncoding());
    }
    Pages.secure(headers);
  }

  /// Weak comparison (RFC 9110 §13.1.2).
  private static boolean matches(@Nullable String ifNoneMatch, String etag) {
    if (ifNoneMatch == null) {
      return false;
    }
    for (var candidate : ifNoneMatch.split(",")) {
      var tag = candidate.strip();
      if (tag.equals("*") || (tag.startsWith("W/") ? tag.substring(2) : tag).equals(etag)) {
        return true;
      }
    }
    return false;
  }

  private void withBytes(
      Exchange exchange, Rendition rendition, int status, @Nullable String range) {
    var bytes = cache.inMemory(rendition);
    if (bytes != null) {
      sendSmall(exchange, bytes, status, range);
      return;
    }
    cache.load(
        rendition,
        exchange.context(),
        loaded -> {
          switch (loaded) {
            case AssetCache.Loaded.Small(var small) -> {
              if (!exchange.over()) {
                sendSmall(exchange, small, status, range);
              }
            }
            case AssetCache.Loaded.Large(var channel, var size) ->
                sendLarge(exchange, channel, size, status, range);
            case AssetCache.Loaded.Failed() -> {
              exchange.response().headers().clear();
              exchange.refuse(500, "The file could not be read.");
            }
          }
        });
  }

  private static void sendSmall(
      Exchange exchange, ByteBuffer bytes, int status, @Nullable String range) {
    int size = bytes.remaining();
    switch (ByteRange.parse(range, size)) {
      case ByteRange.Whole _ -> end(exchange, status, bytes);
      case ByteRange.Part(var first, var length) -> {
        putContentRange(exchange, first, length, size);
        end(exchange, 206, bytes.slice((int) first, (int) length));
      }
      case ByteRange.Unsatisfiable _ -> unsatisfiable(exchange, size);
    }
  }

  private static void end(Exchange exchange, int status, ByteBuffer bytes) {
    var response = exchange.response().setStatusCode(status);
    if (exchange.method().equals("HEAD")) {
      response.putHeader("Content-Length", Integer.toString(bytes.remaining())).end();
    } else {
      response.end(Exchange.buffer(bytes));
    }
  }

  private static void sendLarge(
      Exchange exchange, FileChannel channel, long size, int status, @Nullable String range) {
    if (exchange.over()) {
      Exchange.close(channel);
      return;
    }
    switch (ByteRange.parse(range, size)) {
      case ByteRange.Whole _ -> {
        exchange.response().setStatusCode(status);
        exchange.sendFile(channel, 0, size);
      }
      case ByteRange.Part(var first, var length) -> {
        putContentRange(exchange, first, length, size);
        exchange.response().setStatusCode(206);
        exchange.sendFile(channel, first, length);
      }
      case ByteRange.Unsatisfiable _ -> {
        Exchange.close(channel);
        unsatisfiable(exchange, size);
      }
    }
  }

  private static void putContentRange(Exchange exchange, long first, long length, long size) {
    exchange
        .response()
        .putHeader("Content-Range", "bytes " + first + "-" + (first + length - 1) + "/" + size);
  }

  private static void unsatisfiable(Exchange exchange, long size) {
    exchange.response().headers().remove("ETag").remove("Cache-Control");
    exchange
        .response()
        .setStatusCode(416)
        .putHeader("Content-Range", "bytes */" + size)
        .putHeader("Content-Length", "0")
        .end();
  }
}
