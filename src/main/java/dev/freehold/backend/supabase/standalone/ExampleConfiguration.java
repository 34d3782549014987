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
      # storage-admin-password = "as in db-uri"

      # Files: the folder where their bytes lie. Without it /storage/v1 is not served.
      storage-folder = "storage"
      # storage-file-size-limit = "5GB"
      # storage-s3-access-key-id = "for S3 clients, at /storage/v1/s3"
      # storage-s3-secret = "their secret access key"
      # The bytes in an S3 bucket instead: Amazon's, or any other by its endpoint.
      # storage-bucket = "files"
      # storage-bucket-endpoint = "https://…"
      # storage-bucket-region = "us-east-1"
      # storage-bucket-access-key-id = ""
      # storage-bucket-secret = ""

      # Edge functions: a project's folder of them. Without it /functions/v1 is not served.
      # functions = "supabase/functions"
      # functions-env-file = "supabase/functions/.env"
      # functions-watch = false
      # functions-cache = "functions-cache"

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
      # smtp-host = "smtp.example.com"
      # smtp-port = 587
      # smtp-user = "shop"
      # smtp-pass = "@smtp-password"
      # smtp-admin-email = "hello@example.com"
      # smtp-sender-name = "The Shop"
      # Hooks, templates and providers, as the Supabase CLI reads them:
      # auth-config = "supabase/config.toml"
      # mailer-autoconfirm = false
      # mailer-secure-email-change-enabled = true
      # mailer-otp-exp = 86400
      # mailer-otp-length = 6
      # smtp-max-frequency = "1m"
      # rate-limit-email-sent = 30
      # security-manual-linking-enabled = false
      # external-allowed-id-token-issuers = ""
      # disable-signup = false
      # external-email-enabled = true
      # external-anonymous-users-enabled = false
      # password-min-length = 6
      # password-required-characters = "abcdefghijklmnopqrstuvwxyz:0123456789"
      # security-update-password-require-reauthentication = false
      # security-refresh-token-reuse-interval = 10
      # jwt-exp = 3600
      # external-phone-enabled = false
      # sms-provider = "folder"
      # sms-autoconfirm = false
      # sms-max-frequency = "1m"
      # sms-otp-exp = 60
      # sms-otp-length = 6
      # sms-template = "Your code is {{ .Code }}"
      # sms-test-otp = ""
      # rate-limit-sms-sent = 30
      # rate-limit-header = ""
      # rate-limit-token-refresh = 150
      # rate-limit-verify = 30
      # rate-limit-otp = 30
      # rate-limit-sso = 30
      # rate-limit-anonymous-users = 30
      # mfa-rate-limit-challenge-and-verify = 15
      # mfa-max-enrolled-factors = 10
      # mfa-max-verified-factors = 10
      # mfa-challenge-expiry-duration = 300
      # mfa-factor-expiry-duration = "300s"
      # mfa-totp-enroll-enabled = true
      # mfa-totp-verify-enabled = true
      # mfa-phone-enroll-enabled = false
      # mfa-phone-verify-enabled = false
      # mfa-phone-max-frequency = "1m"
      # mfa-phone-otp-length = 6
      # mfa-web-authn-enroll-enabled = false
      # mfa-web-authn-verify-enabled = false
      # passkey-enabled = false
      # passkey-max-passkeys-per-user = 10
      # webauthn-rp-id = ""
      # webauthn-rp-display-name = ""
      # webauthn-rp-origins = ""
      # webauthn-challenge-expiry-duration = "5m"
      # rate-limit-passkey = 30
      # oauth-server-enabled = false
      # oauth-server-allow-dynamic-registration = false
      # rate-limit-oauth-dynamic-client-register = 10
      # sessions-timebox = "0s"
      # sessions-inactivity-timeout = "0s"
      # sessions-allow-low-aal = "0s"
      # sessions-single-per-user = false
      # security-captcha-enabled = false
      # security-captcha-provider = "hcaptcha"
      # security-captcha-secret = ""
      # security-captcha-timeout = "10s"
      # security-update-password-require-current-password = false
      # password-hashing = "bcrypt"
      # password-hibp-enabled = false
      # password-hibp-fail-closed = false
      # db-max-pool-size = 10

      # Scheduled jobs (pg_cron) and requests from SQL (pg_net, webhooks).
      # jobs = true
      # net-allowed-hosts = "localhost:3000"

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
