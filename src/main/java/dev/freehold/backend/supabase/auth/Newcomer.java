package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A User who does not exist yet, as the App's hook gets to see one before it is made.
///
/// @param provider how they come: `email`, `phone`, a sign-in provider; empty for nobody known
/// @param email empty when there is none
/// @param phone empty when there is none
/// @param data the metadata they bring
record Newcomer(
    UUID id,
    String audience,
    String provider,
    String email,
    String phone,
    Map<String, Object> data) {

  Map<String, Object> toJson(Instant now) {
    var app = new LinkedHashMap<String, Object>();
    if (!provider.isEmpty()) {
      app.put("provider", provider);
      app.put("providers", List.of(provider));
    }
    var fields = new LinkedHashMap<String, Object>();
    fields.put("id", id.toString());
    fields.put("aud", audience);
    fields.put("role", "");
    fields.put("email", email);
    fields.put("phone", phone);
    fields.put("app_metadata", app);
    fields.put("user_metadata", data);
    fields.put("identities", List.of());
    fields.put("created_at", Json.time(now));
    fields.put("updated_at", Json.time(now));
    fields.put("is_anonymous", provider.isEmpty());
    return fields;
  }
}
