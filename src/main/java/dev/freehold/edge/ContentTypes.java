package dev.freehold.edge;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a file's extension says about its bytes (the IANA media types registry, and for scripts and
/// fonts what browsers insist on).
final class ContentTypes {
  static final String UNKNOWN = "application/octet-stream";

  private static final String UTF_8 = "; charset=utf-8";
  private static final Map<String, String> BY_EXTENSION = table();

  private ContentTypes() {}

  static String of(String path) {
    return extension(path).map(BY_EXTENSION::get).orElse(UNKNOWN);
  }

  /// True for an extension that files of a web page have.
  static boolean isKnown(String path) {
    return extension(path).map(BY_EXTENSION::containsKey).orElse(false);
  }

  static Optional<String> extension(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') && dot + 1 < path.length()
        ? Optional.of(path.substring(dot + 1).toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  private static Map<String, String> table() {
    var table = new HashMap<String, String>();
    add(table, "text/html" + UTF_8, "html htm");
    add(table, "text/css" + UTF_8, "css");
    add(table, "text/javascript" + UTF_8, "js mjs cjs");
    add(table, "text/plain" + UTF_8, "txt log");
    add(table, "text/markdown" + UTF_8, "md");
    add(table, "text/csv" + UTF_8, "csv");
    add(table, "text/calendar" + UTF_8, "ics");
    add(table, "text/vtt" + UTF_8, "vtt");
    add(table, "application/json" + UTF_8, "json map");
    add(table, "application/ld+json" + UTF_8, "jsonld");
    add(table, "application/geo+json" + UTF_8, "geojson");
    add(table, "application/manifest+json" + UTF_8, "webmanifest");
    add(table, "application/xml" + UTF_8, "xml xsl");
    add(table, "application/rss+xml" + UTF_8, "rss");
    add(table, "application/atom+xml" + UTF_8, "atom");
    add(table, "application/wasm", "wasm");
    add(table, "application/pdf", "pdf");
    add(table, "application/zip", "zip");
    add(table, "application/gzip", "gz");
    add(table, "image/svg+xml", "svg");
    add(table, "image/png", "png");
    add(table, "image/apng", "apng");
    add(table, "image/jpeg", "jpg jpeg");
    add(table, "image/gif", "gif");
    add(table, "image/webp", "webp");
    add(table, "image/avif", "avif");
    add(table, "image/bmp", "bmp");
    add(table, "image/x-icon", "ico");
    add(table, "font/woff", "woff");
    add(table, "font/woff2", "woff2");
    add(table, "font/ttf", "ttf");
    add(table, "font/otf", "otf");
    add(table, "application/vnd.ms-fontobject", "eot");
    add(table, "audio/mpeg", "mp3");
    add(table, "audio/wav", "wav");
    add(table, "audio/ogg", "ogg oga");
    add(table, "audio/mp4", "m4a");
    add(table, "audio/flac", "flac");
    add(table, "video/mp4", "mp4 m4v");
    add(table, "video/webm", "webm");
    add(table, "video/ogg", "ogv");
    add(table, "video/quicktime", "mov");
    add(table, "model/gltf-binary", "glb");
    add(table, "model/gltf+json", "gltf");
    return Map.copyOf(table);
  }

  private static void add(Map<String, String> table, String type, String extensions) {
    for (var extension : extensions.split(" ")) {
      table.put(extension, type);
    }
  }
}
