package dev.freehold.backend.supabase.auth;

import dev.freehold.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// PKCE (RFC 7636): what a client promised when it began, so that only it can finish.
final class FlowStates {
  private static final Pattern CHALLENGE = Pattern.compile("[a-zA-Z._~0-9-]+");
  private static final int MIN_CHALLENGE = 43;
  private static final int MAX_CHALLENGE = 128;
  private static final String INSERT =
      """
      insert into auth.flow_state (id, user_id, auth_code, code_challenge_method, code_challenge,
          provider_type, provider_access_token, provider_refresh_token, authentication_method,
          created_at, updated_at)
      values (?, ?, ?, ?::auth.code_challenge_method, ?, ?, '', '', ?, ?, ?)
      """;
  private static final String BY_CODE =
      """
      select id, user_id, code_challenge_method::text, code_challenge, provider_type,
             provider_access_token, provider_refresh_token, authentication_method,
             created_at, auth_code_issued_at
        from auth.flow_state where auth_code = ?
      """;
  private static final String ISSUE =
      """
      update auth.flow_state set auth_code_issued_at = ?, updated_at = ?
       where id = (select id from auth.flow_state
                    where user_id = ? and authentication_method = ? and auth_code is not null
                    order by created_at desc limit 1)
      returning auth_code
      """;
  private static final String DELETE = "delete from auth.flow_state where id = ?";

  /// What a client sends to begin a PKCE flow; both empty for the implicit flow.
  record Challenge(String challenge, String method) {
    Challenge {
      if (challenge.isEmpty() != method.isEmpty()) {
        throw AuthError.validation("PKCE flow requires code_challenge_method and code_challenge");
      }
      if (!challenge.isEmpty()) {
        if (challenge.length() < MIN_CHALLENGE || challenge.length() > MAX_CHALLENGE) {
          throw AuthError.validation("code challenge has to be between 43 and 128 characters");
        }
        if (!CHALLENGE.matcher(challenge).matches()) {
          throw AuthError.validation(
              "code challenge can only contain alphanumeric characters, hyphens, periods,"
                  + " underscores and tildes");
        }
        method = method.toLowerCase(Locale.ROOT);
        if (!method.equals("s256") && !method.equals("plain")) {
          throw AuthError.validation("Invalid code_challenge_method");
        }
      }
    }

    boolean isPkce() {
      return !challenge.isEmpty();
    }
  }

  /// A row.
  record FlowState(
      UUID id,
      @Nullable UUID userId,
      String method,
      String challenge,
      String providerType,
      String providerToken,
      String providerRefreshToken,
      String authenticationMethod,
      Instant createdAt,
      @Nullable Instant codeIssuedAt) {

    /// The code of a magic link counts from its issue, every other from the flow's begin.
    Instant validFrom() {
      return codeIssuedAt != null && authenticationMethod.equals("magiclink")
          ? codeIssuedAt
          : createdAt;
    }
  }

  private FlowStates() {}

  static void begin(
      Transaction tx, UUID user, String providerType, String method, Challenge pkce, Instant now) {
    tx.run(
        INSERT,
        UUID.randomUUID(),
        user,
        UUID.randomUUID().toString(),
        pkce.method(),
        pkce.challenge(),
        providerType,
        method,
        now,
        now);
  }

  /// The code of the User's newest flow of that method; empty when there is none.
  static Optional<String> issueCode(Transaction tx, UUID user, String method, Instant now) {
    return tx.one(ISSUE, row -> row.getString(1), now, now, user, method);
  }

  static Optional<FlowState> byCode(Transaction tx, String code) {
    return tx.one(BY_CODE, FlowStates::read, code);
  }

  /// Ends the flow: a code is used once. False when another request was faster.
  static boolean end(Transaction tx, FlowState flow) {
    return tx.run(DELETE, flow.id()) == 1;
  }

  /// Whether the verifier is what the challenge was made of.
  static boolean verifies(FlowState flow, String verifier) {
    var given = verifier.getBytes(StandardCharsets.UTF_8);
    var expected = flow.challenge().getBytes(StandardCharsets.UTF_8);
    if (flow.method().equals("plain")) {
      return MessageDigest.isEqual(given, expected);
    }
    return MessageDigest.isEqual(s256(verifier).getBytes(StandardCharsets.UTF_8), expected);
  }

  /// The S256 challenge of a verifier (RFC 7636 §4.2).
  static String s256(String verifier) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Digest.SHA_256.of(verifier));
  }

  private static FlowState read(ResultSet row) throws SQLException {
    return new FlowState(
        row.getObject("id", UUID.class),
        row.getObject("user_id", UUID.class),
        Objects.requireNonNullElse(row.getString("code_challenge_method"), ""),
        Objects.requireNonNullElse(row.getString("code_challenge"), ""),
        row.getString("provider_type"),
        Objects.requireNonNullElse(row.getString("provider_access_token"), ""),
        Objects.requireNonNullElse(row.getString("provider_refresh_token"), ""),
        row.getString("authentication_method"),
        Objects.requireNonNullElse(Users.time(row, "created_at"), Instant.EPOCH),
        Users.time(row, "auth_code_issued_at"));
  }
}
