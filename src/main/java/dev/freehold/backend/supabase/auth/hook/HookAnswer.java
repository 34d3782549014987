package dev.freehold.backend.supabase.auth.hook;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Reads what a hook answered: an object, or `{"error": {"http_code", "message"}}`.
public final class HookAnswer {
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  /// What a hook may name as its status; anything else becomes 500.
  private static final int LEAST_STATUS = 400;

  private static final int MOST_STATUS = 599;

  private HookAnswer() {}

  /// @param json nothing, or the hook's answer
  /// @throws HookRefusal when the hook names an error, or answers something else than an object
  public static Map<String, Object> read(@Nullable String json) {
    if (json == null) {
      return Map.of();
    }
    Map<String, Object> answer;
    try {
      var parsed = JsonMapper.shared().readTree(json);
      if (parsed.isNull() || parsed.isMissingNode()) {
        return Map.of();
      }
      if (!parsed.isObject()) {
        throw HookRefusal.internal("Error unmarshaling JSON output.");
      }
      answer = JsonMapper.shared().convertValue(parsed, OBJECT);
    } catch (JacksonException e) {
      throw HookRefusal.internal("Error unmarshaling JSON output.");
    }
    if (answer.get("error") instanceof Map<?, ?> error
        && error.get("message") instanceof String message
        && !message.isEmpty()) {
      throw refusal(error.get("http_code"), message);
    }
    return answer;
  }

  private static HookRefusal refusal(@Nullable Object code, String message) {
    int status = code instanceof Number number ? number.intValue() : 0;
    boolean fits = status >= LEAST_STATUS && status <= MOST_STATUS;
    return fits && status != 500
        ? new HookRefusal(status, "unknown", message)
        : HookRefusal.internal(message);
  }
}
