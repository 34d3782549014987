package dev.freehold.backend.supabase.auth.provider;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Gathers what a provider says of a User. Empty values are left out, as GoTrue leaves them out.
final class Claims {
  private final Map<String, Object> fields = new LinkedHashMap<>();
  private final Map<String, Object> custom = new LinkedHashMap<>();

  Claims put(String name, Object value) {
    if (!value.equals("")) {
      fields.put(name, value);
    }
    return this;
  }

  /// A claim that only this provider has.
  Claims custom(String name, Object value) {
    custom.put(name, value);
    return this;
  }

  /// The same text under the names that Apps look for.
  Claims names(String name) {
    return put("name", name).put("full_name", name);
  }

  Claims avatar(String address) {
    return put("picture", address).put("avatar_url", address);
  }

  Claims subject(String issuer, String id) {
    return put("iss", issuer).put("sub", id).put("provider_id", id);
  }

  Profile with(List<Profile.Email> emails) {
    var all = new LinkedHashMap<>(fields);
    if (!custom.isEmpty()) {
      all.put("custom_claims", custom);
    }
    all.putIfAbsent("email_verified", false);
    all.putIfAbsent("phone_verified", false);
    return new Profile(all, emails);
  }

  /// With the one address that there is, or none.
  Profile with(String email, boolean verified) {
    return with(email.isEmpty() ? List.of() : List.of(new Profile.Email(email, verified, true)));
  }

  /// The text, or the number in digits, at a path of names; empty when it is absent.
  static String text(JsonNode node, String... path) {
    var at = node;
    for (var name : path) {
      at = at.path(name);
    }
    return at.isValueNode() && !at.isNull() ? at.asString("") : "";
  }

  static boolean flag(JsonNode node, String name) {
    var value = node.path(name);
    return value.isBoolean() ? value.asBoolean() : value.asString("").equals("true");
  }
}
