package dev.freehold.backend.supabase.auth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Writes second factors and their challenges.
final class Factors {
  private static final String INSERT =
      """
      insert into auth.mfa_factors
          (id, user_id, friendly_name, factor_type, status, secret, phone, created_at, updated_at)
      values (?, ?, ?, ?::auth.factor_type, 'unverified', nullif(?, ''), nullif(?, ''), ?, ?)
      """;
  private static final String SECRET = "select secret from auth.mfa_factors where id = ?";
  private static final String DELETE = "delete from auth.mfa_factors where id = ?";
  private static final String DELETE_UNVERIFIED =
      """
      delete from auth.mfa_factors
       where user_id = ? and status = 'unverified' and factor_type = ?::auth.factor_type
      """;
  private static final String DELETE_EXPIRED =
      """
      delete from auth.mfa_factors f
       where f.user_id = ? and f.status <> 'verified' and f.created_at < ?
         and not exists (select from auth.mfa_challenges c where c.factor_id = f.id)
      """;
  private static final String VERIFY =
      "update auth.mfa_factors set status = 'verified', updated_at = ? where id = ?";
  private static final String RENAME =
      "update auth.mfa_factors set friendly_name = ?, updated_at = ? where id = ?";
  private static final String PHONE =
      "update auth.mfa_factors set phone = ?, updated_at = ? where id = ?";
  private static final String CHALLENGED =
      "update auth.mfa_factors set last_challenged_at = ? where id = ?";
  private static final String INSERT_CHALLENGE =
      """
      insert into auth.mfa_challenges (id, factor_id, created_at, ip_address, otp_code)
      values (?, ?, ?, ?::inet, nullif(?, ''))
      """;
  private static final String CHALLENGE =
      """
      select id, created_at, verified_at, ip_address = ?::inet as same_address, otp_code
        from auth.mfa_challenges where id = ? and factor_id = ?
      """;
  private static final String VERIFY_CHALLENGE =
      "update auth.mfa_challenges set verified_at = ? where id = ? and verified_at is null";
  private static final String DELETE_CHALLENGE = "delete from auth.mfa_challenges where id = ?";
  private static final String RAISE_SESSION =
      "update auth.sessions set aal = 'aal2', factor_id = ?, updated_at = ? where id = ?";
  private static final String END_LOW_SESSIONS =
      "delete from auth.sessions where user_id = ? and aal < 'aal2'";
  private static final String FORGET_METHOD =
      """
      delete from auth.mfa_amr_claims where authentication_method = ?
         and session_id in (select id from auth.sessions where factor_id = ?)
      """;
  private static final String LOWER_SESSIONS =
      """
      update auth.sessions set aal = 'aal1', factor_id = null
       where user_id = ? and factor_id = ?
      """;

  /// Stands for a connection without an address.
  private static final String NO_ADDRESS = "0.0.0.0";

  private Factors() {}

  /// One question put to a factor.
  ///
  /// @param code what was sent, for factors that are sent one
  record Challenge(
      UUID id,
      Instant createdAt,
      @Nullable Instant verifiedAt,
      boolean isSameAddress,
      String code) {
    @Override
    public String toString() {
      return "Challenge[" + id + "]";
    }
  }

  static UUID create(
      Transaction tx,
      User user,
      String type,
      String name,
      String secret,
      String phone,
      Instant now) {
    var id = UUID.randomUUID();
    tx.run(INSERT, id, user.id(), name, type, secret, phone, now, now);
    return id;
  }

  static String secret(Transaction tx, Factor factor) {
    return tx.one(SECRET, row -> Objects.requireNonNullElse(row.getString(1), ""), factor.id())
        .orElse("");
  }

  static void delete(Transaction tx, UUID factor) {
    tx.run(DELETE, factor);
  }

  static void deleteUnverified(Transaction tx, UUID user, String type) {
    tx.run(DELETE_UNVERIFIED, user, type);
  }

  static void deleteExpired(Transaction tx, UUID user, Instant now, Duration validity) {
    tx.run(DELETE_EXPIRED, user, now.minus(validity));
  }

  static void verified(Transaction tx, UUID factor, Instant now) {
    tx.run(VERIFY, now, factor);
  }

  static void rename(Transaction tx, UUID factor, String name, Instant now) {
    tx.run(RENAME, name, now, factor);
  }

  static void phone(Transaction tx, UUID factor, String phone, Instant now) {
    tx.run(PHONE, phone, now, factor);
  }

  static Challenge challenge(
      Transaction tx, Factor factor, String code, Device device, Instant now) {
    var id = UUID.randomUUID();
    tx.run(INSERT_CHALLENGE, id, factor.id(), now, address(device), code);
    // No two factors may have been challenged at the same microsecond: the column is unique.
    tx.run(
        CHALLENGED,
        now.plusNanos(1_000L * ThreadLocalRandom.current().nextInt(1_000)),
        factor.id());
    return new Challenge(id, now, null, true, code);
  }

  static Optional<Challenge> challengeById(Transaction tx, Factor factor, UUID id, Device device) {
    return tx.one(CHALLENGE, Factors::readChallenge, address(device), id, factor.id());
  }

  /// False when another request was faster.
  static boolean answered(Transaction tx, UUID challenge, Instant now) {
    return tx.run(VERIFY_CHALLENGE, now, challenge) == 1;
  }

  static void deleteChallenge(Transaction tx, UUID challenge) {
    tx.run(DELETE_CHALLENGE, challenge);
  }

  /// The session now rests on that factor; the User's sessions that rest on none end.
  static void raise(Transaction tx, Factor factor, UUID session, Instant now) {
    LoginSessions.addMethod(tx, session, method(factor.type()), now);
    tx.run(RAISE_SESSION, factor.id(), now, session);
    tx.run(END_LOW_SESSIONS, factor.userId());
  }

  /// Sessions that rest on the factor go on at the lower level.
  static void lowerSessions(Transaction tx, Factor factor) {
    tx.run(FORGET_METHOD, method(factor.type()), factor.id());
    tx.run(LOWER_SESSIONS, factor.userId(), factor.id());
  }

  /// GoTrue's word in `amr` for a proof by that factor.
  private static String method(String type) {
    return switch (type) {
      case "phone" -> "mfa/phone";
      case "webauthn" -> "mfa/webauthn";
      default -> "totp";
    };
  }

  private static String address(Device device) {
    return device.address().isEmpty() ? NO_ADDRESS : device.address();
  }

  private static Challenge readChallenge(ResultSet row) throws SQLException {
    return new Challenge(
        row.getObject("id", UUID.class),
        Objects.requireNonNull(Users.time(row, "created_at")),
        Users.time(row, "verified_at"),
        row.getBoolean("same_address"),
        Objects.requireNonNullElse(row.getString("otp_code"), ""));
  }
}
