package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A second factor of a User: a row of `auth.mfa_factors`, without its secret.
///
/// @param status `verified` or `unverified`
/// @param type `totp`, `phone` or `webauthn`
record Factor(
    UUID id,
    UUID userId,
    String status,
    String friendlyName,
    String type,
    String phone,
    @Nullable Instant lastChallengedAt,
    Instant createdAt,
    Instant updatedAt) {

  boolean isVerified() {
    return status.equals("verified");
  }

  Map<String, @Nullable Object> toJson() {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("id", id.toString());
    fields.put("created_at", Json.time(createdAt));
    fields.put("updated_at", Json.time(updatedAt));
    fields.put("status", status);
    if (!friendlyName.isEmpty()) {
      fields.put("friendly_name", friendlyName);
    }
    fields.put("factor_type", type);
    fields.put("phone", phone);
    fields.put("last_challenged_at", lastChallengedAt == null ? null : Json.time(lastChallengedAt));
    return fields;
  }
}
