package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.Map;
import java.util.TreeMap;

/// Where a followed link sends the browser: the App's page, with the outcome in the fragment or, in
/// the PKCE flow, in the query (reference 4.6). `sb=` in the fragment tells clients whose it is.
record RedirectTargets(String target, boolean isPkce) {
  private static final Map<Integer, String> OAUTH_ERRORS =
      Map.of(
          400, "invalid_request",
          401, "unauthorized_client",
          403, "access_denied",
          500, "server_error",
          503, "temporarily_unavailable");

  Response to(String address) {
    return Response.of(303).with("Location", address);
  }

  String withCode(String code) {
    return withQuery(new TreeMap<>(Map.of("code", code)));
  }

  String withMessage(String message) {
    var fields = new TreeMap<String, String>(Map.of("message", message));
    var base = isPkce ? withQuery(fields) : withoutFragment();
    fields.put("sb", "");
    return base + "#" + SignedIn.encode(fields);
  }

  String withError(AuthError error) {
    var fields = new TreeMap<String, String>();
    fields.put("error_code", error.code());
    fields.put("error_description", error.text());
    if (OAUTH_ERRORS.containsKey(error.status())) {
      fields.put("error", OAUTH_ERRORS.get(error.status()));
    }
    var base = isPkce ? withQuery(fields) : withoutFragment();
    fields.put("sb", "");
    return base + "#" + SignedIn.encode(fields);
  }

  private String withQuery(Map<String, String> fields) {
    var base = withoutFragment();
    return base + (base.contains("?") ? "&" : "?") + SignedIn.encode(fields);
  }

  private String withoutFragment() {
    int hash = target.indexOf('#');
    return hash < 0 ? target : target.substring(0, hash);
  }
}
