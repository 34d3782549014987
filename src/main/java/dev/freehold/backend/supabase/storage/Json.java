package dev.freehold.backend.supabase.storage;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// JSON as storage-api writes it: times in UTC with milliseconds.
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Json() {}

  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  static JsonMapper mapper() {
    return MAPPER;
  }

  /// A JSON object; null for anything else.
  static @Nullable Map<String, Object> object(@Nullable String json) {
    if (json == null || !json.stripLeading().startsWith("{")) {
      return null;
    }
    try {
      return MAPPER.readValue(json, OBJECT);
    } catch (JacksonException e) {
      return null;
    }
  }

  /// The same with keys that are known to be texts.
  static Map<String, Object> strings(Map<?, ?> object) {
    var copy = new LinkedHashMap<String, Object>();
    object.forEach((name, value) -> copy.put(String.valueOf(name), value));
    return copy;
  }

  static @Nullable String time(@Nullable Instant at) {
    return at == null ? null : TIME.format(at);
  }
}
