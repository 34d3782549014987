package dev.freehold.backend.supabase.rest.openapi;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What PostgreSQL's types are called in Swagger's words.
final class Types {
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private Types() {}

  /// @return empty for a type whose values may be anything
  static String type(String name) {
    return switch (name) {
      case "boolean" -> "boolean";
      case "smallint", "integer", "bigint" -> "integer";
      case "numeric", "real", "double precision" -> "number";
      case "json", "jsonb" -> "";
      default -> isArray(name) ? "array" : "string";
    };
  }

  static String format(String name) {
    return switch (name) {
      case "smallint", "integer" -> "int32";
      case "bigint" -> "int64";
      default -> name;
    };
  }

  static boolean isArray(String name) {
    return name.endsWith("[]");
  }

  /// The type of an array's elements.
  static String element(String name) {
    return name.substring(0, name.length() - "[]".length());
  }

  /// A default as JSON, where its expression is nothing but a value.
  ///
  /// @param expression SQL, as PostgreSQL prints it
  static Optional<JsonNode> constant(String name, String expression) {
    if (expression.isEmpty()) {
      return Optional.empty();
    }
    var json = type(name).equals("string") ? "\"" + literal(name, expression) + "\"" : expression;
    try {
      return Optional.of(STRICT.readTree(json)).filter(node -> !node.isMissingNode());
    } catch (JacksonException e) {
      // An expression to compute at each insert, which no document can state.
      return Optional.empty();
    }
  }

  private static String literal(String name, String expression) {
    var cast = "::" + name;
    if (!expression.endsWith(cast)) {
      return expression;
    }
    int start = 0;
    int end = expression.length() - cast.length();
    while (start < end && expression.charAt(start) == '\'') {
      start++;
    }
    while (end > start && expression.charAt(end - 1) == '\'') {
      end--;
    }
    return expression.substring(start, end);
  }
}
