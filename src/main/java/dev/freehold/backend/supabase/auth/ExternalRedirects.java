package dev.freehold.backend.supabase.auth;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Where a browser goes that comes back from a provider: the App's page, with the session in its
/// fragment, the code in its query, or the failure in both.
final class ExternalRedirects {
  private static final Set<String> DENIALS =
      Set.of("signup_disabled", "user_banned", "provider_email_needs_verification");
  private static final Map<Integer, String> BY_STATUS =
      Map.of(
          400, "invalid_request",
          401, "unauthorized_client",
          403, "access_denied",
          500, "server_error",
          503, "temporarily_unavailable");

  private ExternalRedirects() {}

  /// @param providerRefresh empty when the provider gave none
  static String withSession(
      String target, SignedIn session, String providerToken, String providerRefresh) {
    var fields = new TreeMap<String, String>();
    fields.put("provider_token", providerToken);
    if (!providerRefresh.isEmpty()) {
      fields.put("provider_refresh_token", providerRefresh);
    }
    fields.put("access_token", session.accessToken());
    fields.put("token_type", "bearer");
    fields.put("expires_in", "" + session.expiresIn());
    fields.put("expires_at", "" + session.expiresAt());
    fields.put("refresh_token", session.refreshToken());
    fields.put("sb", "");
    return target + "#" + SignedIn.encode(fields);
  }

  static String withCode(String target, String code) {
    return withQuery(target, Map.of("code", code)) + fragment(target);
  }

  /// The failure in the query alone: nothing is known of who began.
  static String withErrorInQuery(String target, AuthError error) {
    return withQuery(target, fields(error)) + fragment(target);
  }

  /// The failure in the query and in the fragment, where percent signs are escaped once more, as
  /// GoTrue's are.
  static String withError(String target, AuthError error) {
    var fields = new TreeMap<>(fields(error));
    fields.values().removeIf(String::isEmpty);
    fields.put("sb", "");
    return withQuery(target, fields(error)) + "#" + SignedIn.encode(fields).replace("%", "%25");
  }

  private static Map<String, String> fields(AuthError error) {
    if (error.isOAuth()) {
      return Map.of("error", error.code(), "error_description", error.text());
    }
    return Map.of(
        "error", kind(error),
        "error_description", error.text(),
        "error_code", error.code());
  }

  private static String kind(AuthError error) {
    return DENIALS.contains(error.code())
        ? "access_denied"
        : BY_STATUS.getOrDefault(error.status(), "server_error");
  }

  private static String withQuery(String target, Map<String, String> fields) {
    int hash = target.indexOf('#');
    var page = hash < 0 ? target : target.substring(0, hash);
    int mark = page.indexOf('?');
    var all = new TreeMap<String, String>();
    if (mark >= 0) {
      all.putAll(Call.parse(page.substring(mark + 1)));
    }
    all.putAll(fields);
    return (mark < 0 ? page : page.substring(0, mark)) + "?" + SignedIn.encode(all);
  }

  private static String fragment(String target) {
    int hash = target.indexOf('#');
    return hash < 0 ? "" : target.substring(hash);
  }
}
