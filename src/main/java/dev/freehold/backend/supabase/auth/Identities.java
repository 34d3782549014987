package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Writes the ways in which Users sign in.
final class Identities {
  static final String EMAIL = "email";
  static final String PHONE = "phone";

  private static final String INSERT =
      """
      insert into auth.identities
          (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
      values (?, ?, ?::jsonb, ?, ?, ?, ?)
      """;
  private static final String UPDATE =
      "update auth.identities set identity_data = ?::jsonb, updated_at = ? where id = ?";
  private static final String DELETE = "delete from auth.identities where id = ?";

  private Identities() {}

  /// What an e-mail identity says of its User.
  static Map<String, Object> emailData(UUID user, String email, boolean verified) {
    var data = new LinkedHashMap<String, Object>();
    data.put("sub", user.toString());
    data.put("email", email.toLowerCase(Locale.ROOT));
    data.put("email_verified", verified);
    data.put("phone_verified", false);
    return data;
  }

  /// What a phone identity says of its User.
  static Map<String, Object> phoneData(UUID user, String phone, boolean verified) {
    var data = new LinkedHashMap<String, Object>();
    data.put("sub", user.toString());
    data.put("phone", phone);
    data.put("email_verified", false);
    data.put("phone_verified", verified);
    return data;
  }

  static void create(
      Transaction tx, UUID user, String provider, Map<String, Object> data, Instant now) {
    tx.run(INSERT, data.get("sub"), user, data, provider, now, now, now);
  }

  static Optional<Identity> of(User user, String provider) {
    return user.identities().stream().filter(i -> i.provider().equals(provider)).findFirst();
  }

  /// Merges the data in.
  static void update(Transaction tx, Identity identity, Map<String, Object> updates, Instant now) {
    var data = new LinkedHashMap<>(identity.data());
    data.putAll(updates);
    tx.run(UPDATE, data, now, identity.id());
  }

  static void delete(Transaction tx, Identity identity) {
    tx.run(DELETE, identity.id());
  }
}
