package dev.freehold.backend.ai;

import dev.freehold.http.Response;
import java.util.LinkedHashMap;
import tools.jackson.databind.json.JsonMapper;

/// Answers that are not the provider's: OpenAI's `error` object, and beside it `type` and `message`
/// where Lovable's gateway has them, for code that reads either.
final class AiErrors {
  private static final JsonMapper JSON = JsonMapper.shared();

  private AiErrors() {}

  static Response notFound(String path) {
    return of(404, "invalid_request_error", "not_found", "There is no " + path + " here.");
  }

  static Response stranger() {
    return of(
        401,
        "unauthorized",
        "invalid_api_key",
        "Only the app's own functions and server are answered here.");
  }

  static Response noProvider(String app) {
    return of(
        501,
        "not_configured",
        "ai_not_configured",
        "No AI provider is set for this app. Its owner sets one by: freehold ai set "
            + app
            + " --url https://api.openai.com/v1 (or that of any other OpenAI-compatible provider)");
  }

  static Response capReached(String why) {
    return of(402, "payment_required", "insufficient_quota", why);
  }

  static Response unpriced(String model, String app) {
    return of(
        402,
        "payment_required",
        "ai_model_unpriced",
        ("A cap is set and %s has no price, so it is not used. Its owner sets one by:"
                + " freehold ai set %s --price %s=IN,OUT")
            .formatted(model, app, model));
  }

  static Response busy(String why) {
    return of(429, "rate_limited", "rate_limit_exceeded", why).with("Retry-After", "1");
  }

  static Response invalid(int status, String message) {
    return of(status, "invalid_request_error", "invalid_request", message);
  }

  static Response keyRefused(int status, String app) {
    return of(
        502,
        "provider_refused",
        "provider_key_refused",
        ("The AI provider refused the owner's key (HTTP %d). Its owner sets another by:"
                + " freehold ai set %s --new-key")
            .formatted(status, app));
  }

  static Response unreachable(int status, String message) {
    return of(status, "provider_unavailable", "provider_unavailable", message);
  }

  private static Response of(int status, String type, String code, String message) {
    var error = new LinkedHashMap<String, Object>();
    error.put("message", message);
    error.put("type", type);
    error.put("param", null);
    error.put("code", code);
    var body = new LinkedHashMap<String, Object>();
    body.put("error", error);
    body.put("type", type);
    body.put("message", message);
    var answer = Response.of(status, "application/json", JSON.writeValueAsString(body));
    // OpenAI's own clients ask again after any 5xx; asking again changes none of these.
    return status == 429 || status == 504 ? answer : answer.with("x-should-retry", "false");
  }
}
