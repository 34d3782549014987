package dev.freehold.backend.supabase.auth;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;

/// Asks Turnstile or hCaptcha whether a caller proved to be a person. Both have the same API.
final class Captcha {
  private static final Set<String> FREE_GRANTS = Set.of("pkce", "refresh_token", "id_token");

  private final CaptchaRules rules;
  private final Callers callers;
  private final Asking asking;

  Captcha(CaptchaRules rules, Callers callers) {
    this.rules = rules;
    this.callers = callers;
    this.asking = new Asking(rules.timeout());
  }

  /// Refuses a call without a good token, where one is asked for. An administrator needs none.
  void check(Call call) {
    if (!rules.enabled()
        || callers.isAdmin(call)
        || (call.request().path().equals("/token")
            && FREE_GRANTS.contains(call.query("grant_type")))) {
      return;
    }
    var token = call.object("gotrue_meta_security").get("captcha_token");
    if (!(token instanceof String text) || text.isBlank()) {
      throw refused("no captcha_token found");
    }
    var form = new TreeMap<String, String>();
    form.put("secret", rules.secret());
    form.put("response", text.strip());
    form.put("remoteip", call.device().address());
    Map<String, Object> answer;
    try {
      answer = Json.parse(asking.postForm(rules.verifyAt(), SignedIn.encode(form)));
    } catch (IOException | JacksonException e) {
      throw AuthError.internal("captcha verification process failed", e);
    }
    if (!Boolean.TRUE.equals(answer.get("success"))) {
      var codes = new ArrayList<String>();
      if (answer.get("error-codes") instanceof Iterable<?> list) {
        list.forEach(code -> codes.add(String.valueOf(code)));
      }
      throw refused(String.join(", ", codes));
    }
  }

  private static AuthError refused(String why) {
    return AuthError.badRequest(
        "captcha_failed", "captcha protection: request disallowed (" + why + ")");
  }
}
