package dev.freehold.backend.supabase.standalone;

import dev.freehold.backend.EnvironmentKeys;
import java.time.Clock;

/// A configuration file to begin with: every option with what is usual, and new keys in it.
public final class ExampleConfiguration {
  private static final String TEXT =
      """
      # freehold backend FILE: the Supabase wire for a PostgreSQL of your own.
      # Each of these may also come as a variable, FREEHOLD_BACKEND_ and the name in capitals with
      # underscores, which goes before the file. This file holds secrets: keep it to yourself.

      # The database. A superuser prepares it: roles, schemas, helper functions.
      db-uri = "postgresql://postgres:PASSWORD@127.0.0.1:5432/postgres"
      # prelude = true
      # authenticator-password = "as in db-uri"
      # auth-admin-password = "as in db-uri"

      # Where it listens, and where clients find it.
      host = "127.0.0.1"
      port = 54321
      # api-external-url = "https://api.example.com"

      # Keys, made for this file alone. "@FILE" reads a value from a file.
      jwt-secret = "%s"
      anon-key = "%s"
      service-role-key = "%s"
      publishable-key = "%s"
      secret-key = "%s"
      # jwt-keys = "@jwks.json"
      # require-api-key = true
      # The keys that the Supabase CLI gives every local stack, on this machine alone:
      # demo-keys = true

      # Sign-in.
      site-url = "http://127.0.0.1:3000"
      # uri-allow-list = "http://127.0.0.1:3000/**,https://app.example.com/**"
      mail-folder = "mails"
      # mailer-autoconfirm = false
      # mailer-secure-email-change-enabled = true
      # mailer-otp-exp = 86400
      # mailer-otp-length = 6
      # smtp-max-frequency = "1m"
      # rate-limit-email-sent = 30
      # disable-signup = false
      # external-email-enabled = true
      # external-anonymous-users-enabled = false
      # password-min-length = 6
      # password-required-characters = "abcdefghijklmnopqrstuvwxyz:0123456789"
      # security-update-password-require-reauthentication = false
      # security-refresh-token-reuse-interval = 10
      # jwt-exp = 3600
      # db-max-pool-size = 10

      # The data API, in PostgREST's names (or as PGRST_ variables).
      # db-schemas = "public,graphql_public"
      # db-extra-search-path = "public,extensions"
      # db-max-rows = 1000
      # db-pool = 10
      # db-aggregates-enabled = false
      # db-plan-enabled = false
      """;

  private ExampleConfiguration() {}

  /// Different keys each time.
  public static String text(Clock clock) {
    var keys = EnvironmentKeys.generate(clock);
    var api = keys.api();
    return TEXT.formatted(
        keys.jwt().legacySecret(), api.anon(), api.serviceRole(), api.publishable(), api.secret());
  }
}
