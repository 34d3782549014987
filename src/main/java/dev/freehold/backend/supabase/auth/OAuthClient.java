package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A program that may ask Users for access: a row of `auth.oauth_clients`.
///
/// @param type `public` or `confidential`; only the latter has a secret
/// @param authMethod how it proves itself where it fetches tokens
/// @param registration `manual` or `dynamic`
record OAuthClient(
    UUID id,
    String type,
    String authMethod,
    List<String> redirectUris,
    List<String> grantTypes,
    String name,
    String uri,
    String logo,
    String registration,
    Instant createdAt,
    Instant updatedAt) {
  static final String PUBLIC = "public";
  static final String CONFIDENTIAL = "confidential";

  boolean isConfidential() {
    return type.equals(CONFIDENTIAL);
  }

  /// @param secret shown once, when it is made; else empty
  Map<String, Object> toJson(String secret) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("client_id", id.toString());
    put(fields, "client_secret", secret);
    fields.put("client_type", type);
    if (!redirectUris.isEmpty()) {
      fields.put("redirect_uris", redirectUris);
    }
    put(fields, "token_endpoint_auth_method", authMethod);
    if (!grantTypes.isEmpty()) {
      fields.put("grant_types", grantTypes);
    }
    fields.put("response_types", List.of("code"));
    put(fields, "client_name", name);
    put(fields, "client_uri", uri);
    put(fields, "logo_uri", logo);
    fields.put("registration_type", registration);
    fields.put("created_at", Json.time(createdAt));
    fields.put("updated_at", Json.time(updatedAt));
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, String value) {
    if (!value.isEmpty()) {
      fields.put(name, value);
    }
  }
}
