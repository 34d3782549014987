package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.postgres.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/// The schema `auth` takes what another server left.
class AuthSchemaTest {
  private static final String DUMP = "/auth/hosted.sql";
  private static final String SHAPE =
      """
      select string_agg(line, E'\\n' order by line) from (
        select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
               || ' ' || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
          from pg_attribute a join pg_class c on c.oid = a.attrelid
          left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
         where c.relnamespace = 'auth'::regnamespace and c.relkind = 'r' and a.attnum > 0
           and not a.attisdropped
        union all
        select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
          from pg_constraint where connamespace = 'auth'::regnamespace
        union all
        select indexdef from pg_indexes where schemaname = 'auth'
        union all
        select typname || ' ' || enumlabel from pg_enum join pg_type t on t.oid = enumtypid
         where typnamespace = 'auth'::regnamespace
      ) as shape(line)
      """;

  /// What GoTrue has added since the end of 2023.
  private static final String BACK_TO_2023 =
      """
      alter table auth.users drop column is_anonymous, drop column deleted_at;
      alter table auth.sessions drop column oauth_client_id, drop column refresh_token_hmac_key,
        drop column refresh_token_counter, drop column scopes, drop column tag, drop column ip,
        drop column user_agent, drop column refreshed_at;
      alter table auth.flow_state drop column auth_code_issued_at, drop column invite_token,
        drop column referrer, drop column oauth_client_state_id, drop column linking_target_id,
        drop column email_optional, alter column auth_code set not null,
        alter column code_challenge set not null, alter column code_challenge_method set not null;
      alter table auth.mfa_factors drop column phone, drop column last_challenged_at,
        drop column web_authn_credential, drop column web_authn_aaguid,
        drop column last_webauthn_challenge_data;
      alter table auth.mfa_challenges drop column otp_code, drop column web_authn_session_data;
      alter table auth.saml_providers drop column name_id_format;
      alter table auth.sso_providers drop column disabled;
      drop table auth.one_time_tokens, auth.oauth_consents, auth.oauth_authorizations,
        auth.oauth_client_states, auth.oauth_clients, auth.custom_oauth_providers,
        auth.webauthn_credentials, auth.webauthn_challenges;
      drop type auth.one_time_token_type, auth.oauth_client_type, auth.oauth_registration_type,
        auth.oauth_response_type, auth.oauth_authorization_status;
      """;

  @Test
  void anOlderSchemaBecomesThisOne() {
    try (var auth = AuthFixture.withDefaults()) {
      var whole = auth.value(SHAPE);
      assertThat(whole).contains("users.is_anonymous boolean true false");
      auth.execute(BACK_TO_2023);
      assertThat(auth.value(SHAPE)).isNotEqualTo(whole);
      auth.execute(AuthFixture.schema());
      assertThat(auth.value(SHAPE)).isEqualTo(whole);
    }
  }

  @Test
  void aClientRegisteredBeforeMethodsWereKeptGetsTheUsualOne() {
    try (var auth = AuthFixture.withDefaults()) {
      auth.execute(
          """
          alter table auth.oauth_clients drop column token_endpoint_auth_method;
          insert into auth.oauth_clients
              (id, registration_type, redirect_uris, grant_types, client_type)
          values (gen_random_uuid(), 'manual', 'https://a.example', 'refresh_token', 'public')
          """);
      auth.execute(AuthFixture.schema());
      assertThat(auth.value("select token_endpoint_auth_method from auth.oauth_clients"))
          .isEqualTo("none");
    }
  }

  @Test
  void aHostedProjectsUsersGoOn() throws SQLException, IOException {
    try (var auth = AuthFixture.withDefaults()) {
      load(auth.database);
      var alice = auth.signIn("alice@example.com", "U*U");
      assertThat(alice.status()).as(alice.body()).isEqualTo(200);
      assertThat(alice.text("/user/identities/1/provider")).isIn("google", "email");
      assertThat(alice.text("/user/user_metadata/note")).isEqualTo("tab\there");
      assertThat(auth.signIn("bob@example.com", "user1password").status()).isEqualTo(200);
      var carol = auth.signIn("carol@example.com", "password");
      assertThat(carol.status()).as(carol.body()).isEqualTo(200);
      assertThat(auth.signIn("gone@example.com", "U*U").status()).isEqualTo(400);

      // The session she had before goes on: the live token, and its parent.
      var before = auth.refresh("klmnopqrst34");
      assertThat(before.status()).as(before.body()).isEqualTo(200);
      assertThat(auth.refresh("abcdefghij12").text("/error_code"))
          .isEqualTo("refresh_token_already_used");

      // New rows come after those that were loaded.
      assertThat(auth.value("select min(id) > 42 from auth.refresh_tokens where id > 42"))
          .isEqualTo("t");
    }
  }

  /// Carol's token columns are all NULL, as old rows are.
  @ParameterizedTest
  @CsvSource({
    "GET,/admin/users,''",
    "GET,/admin/users/10000000-0000-4000-8000-000000000003,''",
    "PUT,/admin/users/10000000-0000-4000-8000-000000000003,'{\"user_metadata\":{\"a\":1}}'",
    "PUT,/admin/users/10000000-0000-4000-8000-000000000003,'{\"email\":\"c2@example.com\"}'",
    "POST,/recover,'{\"email\":\"carol@example.com\"}'",
    "POST,/otp,'{\"email\":\"carol@example.com\"}'",
    "POST,/resend,'{\"type\":\"signup\",\"email\":\"carol@example.com\"}'",
    "POST,/admin/generate_link,'{\"type\":\"recovery\",\"email\":\"carol@example.com\"}'",
    "DELETE,/admin/users/10000000-0000-4000-8000-000000000003,'{\"should_soft_delete\":true}'",
    "DELETE,/admin/users/10000000-0000-4000-8000-000000000003,''"
  })
  void nullTokenColumnsAreTolerated(String method, String path, String body)
      throws SQLException, IOException {
    try (var auth = AuthFixture.withDefaults()) {
      load(auth.database);
      var answer = auth.send(method, path, body, auth.admin());
      assertThat(answer.status()).as(answer.body() + auth.events).isEqualTo(200);
    }
  }

  /// Runs a dump as psql would.
  private static void load(Database database) throws SQLException, IOException {
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var stream = AuthSchemaTest.class.getResourceAsStream(DUMP);
        var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("COPY ")) {
          copy(connection, line, lines);
        } else if (!line.isBlank() && !line.startsWith("--")) {
          try (var statement = connection.createStatement()) {
            statement.execute(line);
          }
        }
      }
    }
  }

  private static void copy(Connection connection, String command, BufferedReader lines)
      throws SQLException, IOException {
    var rows = new StringBuilder();
    for (var line = lines.readLine(); !line.equals("\\."); line = lines.readLine()) {
      rows.append(line).append('\n');
    }
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(command.substring(0, command.length() - 1), new StringReader(rows.toString()));
  }
}
