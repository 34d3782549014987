package dev.freehold.backend.supabase.auth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Users on their way to a provider and back: a row of `auth.flow_state` each, whose id is the
/// `state` that the provider returns. What the row says counts, not what the browser brings.
final class OAuthFlows {
  /// How long the way may take where this server bound the code to itself.
  static final Duration CLIENT_STATE_VALID = Duration.ofMinutes(5);

  private static final String INSERT =
      """
      insert into auth.flow_state (id, auth_code, code_challenge_method, code_challenge,
          provider_type, provider_access_token, provider_refresh_token, authentication_method,
          invite_token, referrer, oauth_client_state_id, linking_target_id, email_optional,
          created_at, updated_at)
      values (?, nullif(?, ''), nullif(?, '')::auth.code_challenge_method, nullif(?, ''), ?, '', '',
          'oauth', nullif(?, ''), nullif(?, ''), ?, ?, ?, ?, ?)
      """;
  private static final String BY_ID =
      """
      select id, user_id, auth_code, code_challenge, provider_type, invite_token, referrer,
             oauth_client_state_id, linking_target_id, email_optional, created_at
        from auth.flow_state where id = ?
      """;
  private static final String CLAIM =
      """
      update auth.flow_state set user_id = ?, provider_access_token = ?,
          provider_refresh_token = ?, auth_code_issued_at = ?, updated_at = ?
       where id = ? and user_id is null
      """;
  private static final String DELETE = "delete from auth.flow_state where id = ?";
  private static final String INSERT_CLIENT_STATE =
      """
      insert into auth.oauth_client_states (id, provider_type, code_verifier, created_at)
      values (?, ?, ?, ?)
      """;
  private static final String TAKE_CLIENT_STATE =
      """
      delete from auth.oauth_client_states where id = ?
      returning provider_type, code_verifier, created_at
      """;

  /// What a flow begins with.
  ///
  /// @param clientState where this server keeps the verifier of its own code; null for none
  /// @param linkTo the User who links an identity; null when somebody signs in
  record Start(
      String provider,
      FlowStates.Challenge pkce,
      String invite,
      String target,
      @Nullable UUID clientState,
      @Nullable UUID linkTo,
      boolean emailOptional) {}

  /// A row.
  ///
  /// @param code what the App exchanges for the session; empty in the implicit flow
  record Flow(
      UUID id,
      @Nullable UUID user,
      String code,
      boolean isPkce,
      String provider,
      String invite,
      String target,
      @Nullable UUID clientState,
      @Nullable UUID linkTo,
      boolean emailOptional,
      Instant createdAt) {
    @Override
    public String toString() {
      return "Flow[" + provider + "]";
    }
  }

  /// What this server promised a provider that binds codes.
  record ClientState(String provider, String verifier, Instant createdAt) {
    @Override
    public String toString() {
      return "ClientState[" + provider + "]";
    }
  }

  private OAuthFlows() {}

  /// Begins a flow; returns its `state`.
  static UUID begin(Transaction tx, Start start, Instant now) {
    var id = UUID.randomUUID();
    tx.run(
        INSERT,
        id,
        start.pkce().isPkce() ? UUID.randomUUID().toString() : "",
        start.pkce().method(),
        start.pkce().challenge(),
        start.provider(),
        start.invite(),
        start.target(),
        start.clientState(),
        start.linkTo(),
        start.emailOptional(),
        now,
        now);
    return id;
  }

  static Optional<Flow> byId(Transaction tx, UUID id) {
    return tx.one(BY_ID, OAuthFlows::read, id);
  }

  /// Binds the flow to who signed in, for the exchange of its code. False when it is bound already.
  static boolean claim(
      Transaction tx, Flow flow, UUID user, String access, String refresh, Instant now) {
    return tx.run(CLAIM, user, access, refresh, now, now, flow.id()) == 1;
  }

  /// False when another request was faster.
  static boolean end(Transaction tx, Flow flow) {
    return tx.run(DELETE, flow.id()) == 1;
  }

  static UUID keepClientState(Transaction tx, String provider, String verifier, Instant now) {
    var id = UUID.randomUUID();
    tx.run(INSERT_CLIENT_STATE, id, provider, verifier, now);
    return id;
  }

  /// Reads it and forgets it.
  static Optional<ClientState> takeClientState(Transaction tx, UUID id) {
    return tx.one(
        TAKE_CLIENT_STATE,
        row ->
            new ClientState(
                row.getString(1),
                Objects.requireNonNullElse(row.getString(2), ""),
                Objects.requireNonNullElse(Users.time(row, "created_at"), Instant.EPOCH)),
        id);
  }

  private static Flow read(ResultSet row) throws SQLException {
    return new Flow(
        row.getObject("id", UUID.class),
        row.getObject("user_id", UUID.class),
        text(row, "auth_code"),
        row.getString("code_challenge") != null,
        text(row, "provider_type"),
        text(row, "invite_token"),
        text(row, "referrer"),
        row.getObject("oauth_client_state_id", UUID.class),
        row.getObject("linking_target_id", UUID.class),
        row.getBoolean("email_optional"),
        Objects.requireNonNullElse(Users.time(row, "created_at"), Instant.EPOCH));
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNullElse(row.getString(column), "");
  }
}
