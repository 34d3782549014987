package dev.freehold.backend.supabase.auth;

import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rows of `auth.refresh_tokens`: each token is used once and names its parent.
final class RefreshTokens {
  /// GoTrue's length, 12 small letters and digits: 36^12, about 62 bits.
  static final int LENGTH = 12;

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final String INSERT =
      """
      insert into auth.refresh_tokens
          (instance_id, token, user_id, session_id, parent, revoked, created_at, updated_at)
      values (?, ?, ?, ?, ?, false, ?, ?)
      """;
  private static final String COLUMNS =
      "select id, token, user_id, session_id, parent, revoked, updated_at from auth.refresh_tokens"
          + " ";
  private static final String LOCK = COLUMNS + "where token = ? limit 1 for update skip locked";
  private static final String BY_TOKEN = COLUMNS + "where token = ? limit 1";
  private static final String LOCK_SESSION =
      "select 1 from auth.sessions where id = ? for update skip locked";
  private static final String ACTIVE =
      COLUMNS + "where session_id = ? and revoked = false order by id desc limit 1";
  private static final String REVOKE =
      "update auth.refresh_tokens set revoked = true, updated_at = ? where id = ?";
  private static final String REVOKE_FAMILY =
      """
      update auth.refresh_tokens set revoked = true
       where session_id = ? and revoked = false
      """;
  private static final String DELETE = "delete from auth.refresh_tokens where id = ?";

  /// One row.
  record Row(
      long id,
      String token,
      UUID userId,
      @Nullable UUID sessionId,
      String parent,
      boolean revoked,
      Instant updatedAt) {
    @Override
    public String toString() {
      return "RefreshToken[" + id + "]";
    }
  }

  private RefreshTokens() {}

  /// Stores a new token of the session and returns it.
  static String create(
      Transaction tx,
      SecureRandom random,
      UUID user,
      UUID session,
      @Nullable String parent,
      Instant now) {
    var token = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      token.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    tx.run(INSERT, Users.INSTANCE, token.toString(), user.toString(), session, parent, now, now);
    return token.toString();
  }

  static Optional<Row> byToken(Transaction tx, String token) {
    return tx.one(BY_TOKEN, RefreshTokens::read, token);
  }

  /// The row, locked until the transaction ends; empty when it is gone or another request has it.
  static Optional<Row> lock(Transaction tx, String token) {
    return tx.one(LOCK, RefreshTokens::read, token);
  }

  /// Whether the session could be locked: every refresh of it takes this lock.
  static boolean lockSession(Transaction tx, UUID session) {
    return tx.one(LOCK_SESSION, row -> row.getInt(1), session).isPresent();
  }

  static Optional<Row> active(Transaction tx, UUID session) {
    return tx.one(ACTIVE, RefreshTokens::read, session);
  }

  static void revoke(Transaction tx, Row row, Instant now) {
    tx.run(REVOKE, now, row.id());
  }

  /// Leaves the time of their last use as it was, so that the reuse interval does not begin anew.
  static void revokeFamily(Transaction tx, UUID session) {
    tx.run(REVOKE_FAMILY, session);
  }

  static void delete(Transaction tx, Row row) {
    tx.run(DELETE, row.id());
  }

  private static Row read(ResultSet row) throws SQLException {
    return new Row(
        row.getLong("id"),
        row.getString("token"),
        UUID.fromString(row.getString("user_id")),
        row.getObject("session_id", UUID.class),
        Objects.requireNonNullElse(row.getString("parent"), ""),
        row.getBoolean("revoked"),
        Objects.requireNonNullElse(Users.time(row, "updated_at"), Instant.EPOCH));
  }
}
