package dev.freehold.backend.supabase.auth;

import dev.freehold.digest.Digest;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// The rows of `auth.oauth_clients`. What is deleted stays, marked.
final class OAuthClients {
  private static final int SECRET_BYTES = 32;
  private static final String COLUMNS =
      """
      select id, client_type, token_endpoint_auth_method, redirect_uris, grant_types, client_name,
          client_uri, logo_uri, registration_type, created_at, updated_at
        from auth.oauth_clients where deleted_at is null
      """;
  private static final String ALL = COLUMNS + "order by created_at desc, id";
  private static final String BY_ID = COLUMNS + "and id = ?";
  private static final String INSERT =
      """
      insert into auth.oauth_clients
          (id, client_secret_hash, client_type, token_endpoint_auth_method, redirect_uris,
           grant_types, client_name, client_uri, logo_uri, registration_type, created_at,
           updated_at)
      values (?, ?, ?::auth.oauth_client_type, ?, ?, ?, nullif(?, ''), nullif(?, ''),
              nullif(?, ''), ?::auth.oauth_registration_type, ?, ?)
      """;
  private static final String UPDATE =
      """
      update auth.oauth_clients set token_endpoint_auth_method = ?, redirect_uris = ?,
          grant_types = ?, client_name = nullif(?, ''), client_uri = nullif(?, ''),
          logo_uri = nullif(?, ''), updated_at = ?
       where id = ?
      """;
  private static final String NEW_SECRET =
      "update auth.oauth_clients set client_secret_hash = ?, updated_at = ? where id = ?";
  private static final String DELETE =
      "update auth.oauth_clients set deleted_at = ?, updated_at = ? where id = ?";

  private OAuthClients() {}

  static List<OAuthClient> all(Transaction tx) {
    return tx.all(ALL, OAuthClients::read);
  }

  static Optional<OAuthClient> byId(Transaction tx, UUID id) {
    return tx.one(BY_ID, OAuthClients::read, id);
  }

  /// @param secret empty for a public one
  static void create(Transaction tx, OAuthClient client, String secret) {
    tx.run(
        INSERT,
        client.id(),
        secret.isEmpty() ? "" : hash(secret),
        client.type(),
        client.authMethod(),
        String.join(",", client.redirectUris()),
        String.join(",", client.grantTypes()),
        client.name(),
        client.uri(),
        client.logo(),
        client.registration(),
        client.createdAt(),
        client.updatedAt());
  }

  static void update(Transaction tx, OAuthClient client) {
    tx.run(
        UPDATE,
        client.authMethod(),
        String.join(",", client.redirectUris()),
        String.join(",", client.grantTypes()),
        client.name(),
        client.uri(),
        client.logo(),
        client.updatedAt(),
        client.id());
  }

  static void newSecret(Transaction tx, UUID id, String secret, Instant now) {
    tx.run(NEW_SECRET, hash(secret), now, id);
  }

  static void delete(Transaction tx, UUID id, Instant now) {
    tx.run(DELETE, now, now, id);
  }

  static String newSecret(SecureRandom random) {
    var bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return Base64Url.of(bytes).text();
  }

  /// A secret has 256 random bits, so that one round of SHA-256 hides it.
  private static String hash(String secret) {
    return Base64Url.of(Digest.SHA_256.of(secret)).text();
  }

  private static OAuthClient read(ResultSet row) throws SQLException {
    return new OAuthClient(
        row.getObject("id", UUID.class),
        row.getString("client_type"),
        row.getString("token_endpoint_auth_method"),
        list(row.getString("redirect_uris")),
        list(row.getString("grant_types")),
        text(row, "client_name"),
        text(row, "client_uri"),
        text(row, "logo_uri"),
        row.getString("registration_type"),
        Objects.requireNonNull(Users.time(row, "created_at")),
        Objects.requireNonNull(Users.time(row, "updated_at")));
  }

  private static List<String> list(String commas) {
    return commas.isEmpty() ? List.of() : List.of(commas.split(","));
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNullElse(row.getString(column), "");
  }
}
