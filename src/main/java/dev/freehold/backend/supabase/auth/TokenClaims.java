package dev.freehold.backend.supabase.auth;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What claims an App's own hook may put into an access token: any, but those that every client
/// relies on must be there and of their type.
final class TokenClaims {
  private static final List<String> REQUIRED =
      List.of(
          "aud",
          "exp",
          "iat",
          "sub",
          "email",
          "phone",
          "role",
          "aal",
          "session_id",
          "is_anonymous");

  private record Type(String name, Predicate<Object> fits) {}

  private static final Type STRING = new Type("string", String.class::isInstance);
  private static final Type INTEGER =
      new Type("integer", value -> value instanceof Number number && number.doubleValue() % 1 == 0);
  private static final Type OBJECT = new Type("object", Map.class::isInstance);
  private static final Type ARRAY = new Type("array", List.class::isInstance);
  private static final Map<String, Type> TYPES = types();

  private TokenClaims() {}

  /// The claims of a hook's answer.
  ///
  /// @throws AuthError 500 in GoTrue's words, a line for each thing that is wrong
  static Map<String, Object> checked(Map<String, Object> answer) {
    if (!answer.containsKey("claims")) {
      throw AuthError.internal("output claims field is missing");
    }
    var claims = new LinkedHashMap<String, Object>();
    if (answer.get("claims") instanceof Map<?, ?> given) {
      given.forEach((name, value) -> claims.put(String.valueOf(name), value));
    } else if (answer.get("claims") != null) {
      throw AuthError.internal("Error unmarshaling JSON output.");
    }
    var wrong = new StringBuilder();
    for (var name : REQUIRED) {
      if (!claims.containsKey(name)) {
        wrong.append("- (root): ").append(name).append(" is required\n");
      }
    }
    TYPES.forEach((name, type) -> {
      var value = claims.get(name);
      if (claims.containsKey(name) && (value == null || !type.fits().test(value))) {
        wrong.append(
            "- %s: Invalid type. Expected: %s, given: %s\n"
                .formatted(name, type.name(), nameOf(value)));
      }
    });
    if (!wrong.isEmpty()) {
      throw AuthError.internal("output claims do not conform to the expected schema: \n" + wrong);
    }
    return claims;
  }

  private static String nameOf(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String _ -> "string";
      case Boolean _ -> "boolean";
      case Map<?, ?> _ -> "object";
      case List<?> _ -> "array";
      case Number number -> number.doubleValue() % 1 == 0 ? "integer" : "number";
      default -> "unknown";
    };
  }

  private static Map<String, Type> types() {
    var types = new LinkedHashMap<String, Type>();
    types.put(
        "aud",
        new Type("string/array", value -> value instanceof String || value instanceof List<?>));
    for (var name : List.of("exp", "iat", "nbf")) {
      types.put(name, INTEGER);
    }
    for (var name :
        List.of("jti", "iss", "sub", "email", "phone", "role", "aal", "session_id", "client_id")) {
      types.put(name, STRING);
    }
    types.put("app_metadata", OBJECT);
    types.put("user_metadata", OBJECT);
    types.put("amr", ARRAY);
    return types;
  }
}
