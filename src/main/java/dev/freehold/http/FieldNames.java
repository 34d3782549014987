package dev.freehold.http;

import io.vertx.core.http.HttpHeaders;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The names of header fields that most answers have, in the form that the engine writes without
/// looking at every character again. Case stays as it is here.
final class FieldNames {
  private static final Map<String, CharSequence> KNOWN =
      Stream.of(
              "Accept-Ranges",
              "Access-Control-Allow-Credentials",
              "Access-Control-Allow-Headers",
              "Access-Control-Allow-Methods",
              "Access-Control-Allow-Origin",
              "Access-Control-Expose-Headers",
              "Access-Control-Max-Age",
              "Cache-Control",
              "Content-Disposition",
              "Content-Length",
              "Content-Profile",
              "Content-Range",
              "Content-Security-Policy",
              "Content-Type",
              "Date",
              "ETag",
              "Expires",
              "Last-Modified",
              "Location",
              "Preference-Applied",
              "Vary",
              "X-Content-Type-Options",
              "X-Robots-Tag")
          .collect(Collectors.toUnmodifiableMap(Function.identity(), HttpHeaders::createOptimized));

  static final CharSequence CONTENT_LENGTH = of("Content-Length");
  static final CharSequence DATE = of("Date");

  private FieldNames() {}

  /// That name, as the engine writes it fastest.
  static CharSequence of(String name) {
    var known = KNOWN.get(name);
    return known == null ? name : known;
  }
}
