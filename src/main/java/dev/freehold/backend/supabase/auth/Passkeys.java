package dev.freehold.backend.supabase.auth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rows of `auth.webauthn_credentials`, and the challenges in `auth.webauthn_challenges`, each
/// of which is answered once.
final class Passkeys {
  /// What a challenge is for.
  static final String REGISTRATION = "registration";

  static final String AUTHENTICATION = "authentication";

  private static final String COLUMNS =
      """
      select id, user_id, credential_id, public_key, attestation_type, aaguid, sign_count,
          transports, backup_eligible, backed_up, friendly_name, created_at, last_used_at
        from auth.webauthn_credentials
      """;
  private static final String OF_USER = COLUMNS + "where user_id = ? order by created_at, id";
  private static final String OWN = COLUMNS + "where id = ? and user_id = ?";
  private static final String BY_KEY = COLUMNS + "where credential_id = ? and user_id = ?";
  private static final String INSERT =
      """
      insert into auth.webauthn_credentials
          (id, user_id, credential_id, public_key, attestation_type, aaguid, sign_count, transports,
           backup_eligible, backed_up, friendly_name, created_at, updated_at)
      values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?)
      on conflict (credential_id) do nothing
      """;
  private static final String RENAME =
      "update auth.webauthn_credentials set friendly_name = ?, updated_at = ? where id = ?";
  private static final String USED =
      """
      update auth.webauthn_credentials set sign_count = ?, last_used_at = ?, updated_at = ?
       where id = ?
      """;
  private static final String DELETE = "delete from auth.webauthn_credentials where id = ?";
  private static final String ASK =
      """
      insert into auth.webauthn_challenges
          (id, user_id, challenge_type, session_data, created_at, expires_at)
      values (?, ?, ?, ?::jsonb, ?, ?)
      """;

  /// Those nobody answered go with the next question.
  private static final String FORGET =
      """
      delete from auth.webauthn_challenges where id in (
        select id from auth.webauthn_challenges where expires_at < ?
         limit 100 for update skip locked)
      """;

  private static final String CONSUME =
      """
      delete from auth.webauthn_challenges
       where id = ? and challenge_type = ? and user_id is not distinct from ?
      returning session_data ->> 'challenge' as challenge, expires_at
      """;
  private static final String LOCK_USER = "select 1 from auth.users where id = ? for update";

  /// One passkey of a User.
  record Row(
      UUID id,
      UUID userId,
      PublicKey key,
      String name,
      Instant createdAt,
      @Nullable Instant lastUsedAt) {
    Map<String, Object> toJson() {
      var fields = new LinkedHashMap<String, Object>();
      fields.put("id", id.toString());
      if (!name.isEmpty()) {
        fields.put("friendly_name", name);
      }
      fields.put("created_at", Json.time(createdAt));
      Json.putTime(fields, "last_used_at", lastUsedAt);
      return fields;
    }
  }

  /// What was asked of a browser.
  record Asked(Base64Url challenge, Instant expiresAt) {}

  private Passkeys() {}

  static List<Row> ofUser(Transaction tx, UUID user) {
    return tx.all(OF_USER, Passkeys::read, user);
  }

  static Optional<Row> own(Transaction tx, UUID id, UUID user) {
    return tx.one(OWN, Passkeys::read, id, user);
  }

  static Optional<Row> byKey(Transaction tx, Base64Url credential, UUID user) {
    return tx.one(BY_KEY, Passkeys::read, credential.bytes(), user);
  }

  /// Nobody else counts or adds the User's passkeys until the transaction ends.
  static void lockUser(Transaction tx, UUID user) {
    tx.one(LOCK_USER, row -> row.getInt(1), user);
  }

  /// Empty when somebody has that key already.
  static Optional<Row> create(Transaction tx, UUID user, PublicKey key, String name, Instant now) {
    var id = UUID.randomUUID();
    int made =
        tx.run(
            INSERT,
            id,
            user,
            key.id().bytes(),
            key.key().bytes(),
            key.attestation(),
            key.aaguid(),
            key.signCount(),
            Json.write(key.transports()),
            key.isBackupEligible(),
            key.isBackedUp(),
            name,
            now,
            now);
    return made == 1 ? Optional.of(new Row(id, user, key, name, now, null)) : Optional.empty();
  }

  static void rename(Transaction tx, UUID id, String name, Instant now) {
    tx.run(RENAME, name, now, id);
  }

  static void used(Transaction tx, UUID id, long signCount, Instant now) {
    tx.run(USED, signCount, now, now, id);
  }

  static void delete(Transaction tx, UUID id) {
    tx.run(DELETE, id);
  }

  /// @param user for whom alone it may be answered; null for whoever has a key
  static UUID ask(
      Transaction tx,
      @Nullable UUID user,
      String type,
      Map<String, Object> session,
      Instant now,
      Instant until) {
    var id = UUID.randomUUID();
    tx.run(FORGET, now);
    tx.run(ASK, id, user, type, session, now, until);
    return id;
  }

  /// The challenge, which is gone then.
  static Optional<Asked> consume(Transaction tx, UUID id, String type, @Nullable UUID user) {
    return tx.one(
        CONSUME,
        row ->
            new Asked(
                new Base64Url(Objects.requireNonNullElse(row.getString("challenge"), "")),
                Objects.requireNonNull(Users.time(row, "expires_at"))),
        id,
        type,
        user);
  }

  private static Row read(ResultSet row) throws SQLException {
    var transports = new ArrayList<String>();
    Json.mapper()
        .readTree(row.getString("transports"))
        .forEach(transport -> transports.add(transport.asString("")));
    var key =
        new PublicKey(
            Base64Url.of(row.getBytes("credential_id")),
            Base64Url.of(row.getBytes("public_key")),
            row.getString("attestation_type"),
            row.getObject("aaguid", UUID.class),
            row.getLong("sign_count"),
            transports,
            row.getBoolean("backup_eligible"),
            row.getBoolean("backed_up"));
    return new Row(
        row.getObject("id", UUID.class),
        row.getObject("user_id", UUID.class),
        key,
        row.getString("friendly_name"),
        Objects.requireNonNull(Users.time(row, "created_at")),
        Users.time(row, "last_used_at"));
  }
}
