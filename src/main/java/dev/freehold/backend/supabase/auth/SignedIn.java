package dev.freehold.backend.supabase.auth;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// What a User gets who has signed in or refreshed: the wire's session.
///
/// @param expiresIn seconds
/// @param expiresAt Unix time in seconds
record SignedIn(
    String accessToken, long expiresIn, long expiresAt, String refreshToken, User user) {

  Map<String, Object> toJson() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("access_token", accessToken);
    fields.put("token_type", "bearer");
    fields.put("expires_in", expiresIn);
    fields.put("expires_at", expiresAt);
    fields.put("refresh_token", refreshToken);
    fields.put("user", user.toJson());
    return fields;
  }

  /// The same with what a provider gave for use with its own API.
  Map<String, Object> toJson(String providerToken, String providerRefreshToken) {
    var fields = toJson();
    if (!providerToken.isEmpty()) {
      fields.put("provider_token", providerToken);
    }
    if (!providerRefreshToken.isEmpty()) {
      fields.put("provider_refresh_token", providerRefreshToken);
    }
    return fields;
  }

  /// The same for a password that today's rules would refuse: the client may ask for a better one.
  Map<String, Object> toJson(AuthError weakPassword) {
    var fields = toJson();
    fields.put(
        "weak_password",
        Map.of("message", weakPassword.text(), "reasons", weakPassword.weakReasons()));
    return fields;
  }

  /// The target with the session in its fragment, as the implicit flow ends.
  ///
  /// @param type what was verified: `signup`, `recovery`, …
  String intoFragment(String target, String type) {
    var fields = new TreeMap<String, String>();
    fields.put("access_token", accessToken);
    fields.put("token_type", "bearer");
    fields.put("expires_in", "" + expiresIn);
    fields.put("expires_at", "" + expiresAt);
    fields.put("refresh_token", refreshToken);
    fields.put("type", type);
    fields.put("sb", "");
    return target + "#" + encode(fields);
  }

  static String encode(Map<String, String> fields) {
    var parts = new ArrayList<String>();
    fields.forEach((name, value) -> parts.add(encode(name) + "=" + encode(value)));
    return String.join("&", parts);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "SignedIn[" + user.id() + "]";
  }
}
