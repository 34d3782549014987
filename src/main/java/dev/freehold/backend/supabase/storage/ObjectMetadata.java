package dev.freehold.backend.supabase.storage;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What is noted of an object's bytes in its row (reference 6.4). Rows may come from another server
/// or from plain SQL, so every field may be missing.
///
/// @param etag with its quotes; empty when it is unknown
/// @param size in bytes, negative when it is unknown
/// @param type content type; empty when it is unknown
/// @param cacheControl the header as it is sent; empty for none
/// @param robotsTag the header as it is sent; empty for none
record ObjectMetadata(
    String etag,
    long size,
    String type,
    String cacheControl,
    @Nullable Instant lastModified,
    String robotsTag) {
  static final String UNKNOWN_TYPE = "application/octet-stream";

  static ObjectMetadata of(@Nullable Map<String, Object> fields) {
    if (fields == null) {
      return new ObjectMetadata("", -1, "", "", null, "");
    }
    return new ObjectMetadata(
        text(fields, "eTag"),
        number(fields.getOrDefault("size", fields.get("contentLength"))).orElse(-1),
        text(fields, "mimetype"),
        text(fields, "cacheControl"),
        instant(text(fields, "lastModified")),
        text(fields, "xRobotsTag"));
  }

  private static String text(Map<String, Object> fields, String name) {
    return fields.get(name) instanceof String text ? text : "";
  }

  private static OptionalLong number(@Nullable Object value) {
    return value instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  private static @Nullable Instant instant(String text) {
    try {
      return text.isEmpty() ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /// As a row keeps it.
  Map<String, Object> fields() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("eTag", etag);
    fields.put("size", size);
    fields.put("mimetype", type);
    fields.put("cacheControl", cacheControl);
    var modified = Json.time(lastModified);
    if (modified != null) {
      fields.put("lastModified", modified);
    }
    fields.put("contentLength", size);
    fields.put("httpStatusCode", 200);
    if (!robotsTag.isEmpty()) {
      fields.put("xRobotsTag", robotsTag);
    }
    return fields;
  }

  String typeOrUnknown() {
    return type.isEmpty() ? UNKNOWN_TYPE : type;
  }
}
