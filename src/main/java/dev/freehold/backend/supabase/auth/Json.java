package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON as GoTrue writes it: times in UTC without trailing zeros, absent fields left out.
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter()
          .withZone(ZoneOffset.UTC);

  private Json() {}

  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  static JsonMapper mapper() {
    return MAPPER;
  }

  /// A JSON object from a column; empty when the column is NULL or holds another kind of value.
  static Map<String, Object> object(@Nullable String json) {
    if (json == null || !json.startsWith("{")) {
      return new LinkedHashMap<>();
    }
    return MAPPER.readValue(json, OBJECT);
  }

  /// A text that must be a JSON object.
  ///
  /// @throws JacksonException when it is none
  static Map<String, Object> parse(String json) {
    return MAPPER
        .readerFor(OBJECT)
        .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .readValue(json);
  }

  static String time(Instant at) {
    return TIME.format(at);
  }

  /// Adds the time when there is one.
  static void putTime(Map<String, Object> fields, String name, @Nullable Instant at) {
    if (at != null) {
      fields.put(name, time(at));
    }
  }
}
