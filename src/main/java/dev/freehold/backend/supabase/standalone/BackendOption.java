package dev.freehold.backend.supabase.standalone;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What an operator may set about a whole backend, beside the data API's options, which keep
/// PostgREST's names. Those of the auth server are GoTrue's variables without `GOTRUE_`, in small
/// letters with hyphens.
///
/// Sources: https://supabase.com/docs/guides/self-hosting/auth/config and the Supabase CLI's
/// `config.toml`.
public enum BackendOption {
  DB_URI("db-uri", Kind.TEXT, ""),
  HOST("host", Kind.TEXT, "127.0.0.1"),
  PORT("port", Kind.NUMBER, "54321"),
  PRELUDE("prelude", Kind.FLAG, ""),
  AUTHENTICATOR_PASSWORD("authenticator-password", Kind.TEXT, ""),
  AUTH_ADMIN_PASSWORD("auth-admin-password", Kind.TEXT, ""),
  REPLICATION_ADMIN_PASSWORD("replication-admin-password", Kind.TEXT, ""),
  STORAGE_ADMIN_PASSWORD("storage-admin-password", Kind.TEXT, ""),

  STORAGE_FOLDER("storage-folder", Kind.TEXT, ""),
  STORAGE_FILE_SIZE_LIMIT("storage-file-size-limit", Kind.TEXT, "5GB"),
  STORAGE_S3_ACCESS_KEY_ID("storage-s3-access-key-id", Kind.TEXT, ""),
  STORAGE_S3_SECRET("storage-s3-secret", Kind.TEXT, ""),
  STORAGE_BUCKET("storage-bucket", Kind.TEXT, ""),
  STORAGE_BUCKET_ENDPOINT("storage-bucket-endpoint", Kind.TEXT, ""),
  STORAGE_BUCKET_REGION("storage-bucket-region", Kind.TEXT, "us-east-1"),
  STORAGE_BUCKET_PREFIX("storage-bucket-prefix", Kind.TEXT, ""),
  STORAGE_BUCKET_PATH_STYLE("storage-bucket-path-style", Kind.FLAG, "false"),
  STORAGE_BUCKET_ACCESS_KEY_ID("storage-bucket-access-key-id", Kind.TEXT, ""),
  STORAGE_BUCKET_SECRET("storage-bucket-secret", Kind.TEXT, ""),
  STORAGE_BYTES("storage-bytes", Kind.TEXT, "bucket"),
  STORAGE_MOVE("storage-move", Kind.FLAG, "false"),

  FUNCTIONS("functions", Kind.TEXT, ""),
  FUNCTIONS_ENV_FILE("functions-env-file", Kind.TEXT, ""),
  FUNCTIONS_WATCH("functions-watch", Kind.FLAG, "false"),
  FUNCTIONS_CACHE("functions-cache", Kind.TEXT, ""),

  DEMO_KEYS("demo-keys", Kind.FLAG, "false"),
  REQUIRE_API_KEY("require-api-key", Kind.FLAG, ""),
  JWT_SECRET("jwt-secret", Kind.TEXT, ""),
  JWT_KEYS("jwt-keys", Kind.TEXT, ""),
  ANON_KEY("anon-key", Kind.TEXT, ""),
  SERVICE_ROLE_KEY("service-role-key", Kind.TEXT, ""),
  PUBLISHABLE_KEY("publishable-key", Kind.TEXT, ""),
  SECRET_KEY("secret-key", Kind.TEXT, ""),

  API_EXTERNAL_URL("api-external-url", Kind.TEXT, ""),
  SITE_URL("site-url", Kind.TEXT, "http://127.0.0.1:3000"),
  URI_ALLOW_LIST("uri-allow-list", Kind.LIST, ""),
  SECURITY_MANUAL_LINKING_ENABLED("security-manual-linking-enabled", Kind.FLAG, "false"),
  EXTERNAL_ALLOWED_ID_TOKEN_ISSUERS("external-allowed-id-token-issuers", Kind.LIST, ""),
  DISABLE_SIGNUP("disable-signup", Kind.FLAG, "false"),
  EXTERNAL_EMAIL_ENABLED("external-email-enabled", Kind.FLAG, "true"),
  EXTERNAL_ANONYMOUS_USERS_ENABLED("external-anonymous-users-enabled", Kind.FLAG, "false"),
  MAILER_AUTOCONFIRM("mailer-autoconfirm", Kind.FLAG, "false"),
  MAILER_SECURE_EMAIL_CHANGE_ENABLED("mailer-secure-email-change-enabled", Kind.FLAG, "true"),
  MAILER_OTP_EXP("mailer-otp-exp", Kind.NUMBER, "86400"),
  MAILER_OTP_LENGTH("mailer-otp-length", Kind.NUMBER, "6"),
  MAIL_FOLDER("mail-folder", Kind.TEXT, ""),
  AUTH_CONFIG("auth-config", Kind.TEXT, ""),
  SMTP_HOST("smtp-host", Kind.TEXT, ""),
  SMTP_PORT("smtp-port", Kind.NUMBER, "587"),
  SMTP_USER("smtp-user", Kind.TEXT, ""),
  SMTP_PASS("smtp-pass", Kind.TEXT, ""),
  SMTP_ADMIN_EMAIL("smtp-admin-email", Kind.TEXT, ""),
  SMTP_SENDER_NAME("smtp-sender-name", Kind.TEXT, ""),
  SMTP_MAX_FREQUENCY("smtp-max-frequency", Kind.DURATION, "1m"),
  RATE_LIMIT_EMAIL_SENT("rate-limit-email-sent", Kind.NUMBER, "30"),
  PASSWORD_MIN_LENGTH("password-min-length", Kind.NUMBER, "6"),
  PASSWORD_REQUIRED_CHARACTERS("password-required-characters", Kind.TEXT, ""),
  SECURITY_UPDATE_PASSWORD_REQUIRE_REAUTHENTICATION(
      "security-update-password-require-reauthentication", Kind.FLAG, "false"),
  SECURITY_REFRESH_TOKEN_REUSE_INTERVAL("security-refresh-token-reuse-interval", Kind.NUMBER, "10"),
  JWT_EXP("jwt-exp", Kind.NUMBER, "3600"),
  EXTERNAL_PHONE_ENABLED("external-phone-enabled", Kind.FLAG, "false"),
  SMS_PROVIDER("sms-provider", Kind.TEXT, "folder"),
  SMS_AUTOCONFIRM("sms-autoconfirm", Kind.FLAG, "false"),
  SMS_MAX_FREQUENCY("sms-max-frequency", Kind.DURATION, "1m"),
  SMS_OTP_EXP("sms-otp-exp", Kind.NUMBER, "60"),
  SMS_OTP_LENGTH("sms-otp-length", Kind.NUMBER, "6"),
  SMS_TEMPLATE("sms-template", Kind.TEXT, "Your code is {{ .Code }}"),
  SMS_TEST_OTP("sms-test-otp", Kind.LIST, ""),
  RATE_LIMIT_SMS_SENT("rate-limit-sms-sent", Kind.NUMBER, "30"),
  RATE_LIMIT_HEADER("rate-limit-header", Kind.TEXT, ""),
  RATE_LIMIT_TOKEN_REFRESH("rate-limit-token-refresh", Kind.NUMBER, "150"),
  RATE_LIMIT_VERIFY("rate-limit-verify", Kind.NUMBER, "30"),
  RATE_LIMIT_OTP("rate-limit-otp", Kind.NUMBER, "30"),
  RATE_LIMIT_SSO("rate-limit-sso", Kind.NUMBER, "30"),
  RATE_LIMIT_ANONYMOUS_USERS("rate-limit-anonymous-users", Kind.NUMBER, "30"),
  MFA_RATE_LIMIT_CHALLENGE_AND_VERIFY("mfa-rate-limit-challenge-and-verify", Kind.NUMBER, "15"),
  MFA_MAX_ENROLLED_FACTORS("mfa-max-enrolled-factors", Kind.NUMBER, "10"),
  MFA_MAX_VERIFIED_FACTORS("mfa-max-verified-factors", Kind.NUMBER, "10"),
  MFA_CHALLENGE_EXPIRY_DURATION("mfa-challenge-expiry-duration", Kind.NUMBER, "300"),
  MFA_FACTOR_EXPIRY_DURATION("mfa-factor-expiry-duration", Kind.DURATION, "300s"),
  MFA_TOTP_ENROLL_ENABLED("mfa-totp-enroll-enabled", Kind.FLAG, "true"),
  MFA_TOTP_VERIFY_ENABLED("mfa-totp-verify-enabled", Kind.FLAG, "true"),
  MFA_PHONE_ENROLL_ENABLED("mfa-phone-enroll-enabled", Kind.FLAG, "false"),
  MFA_PHONE_VERIFY_ENABLED("mfa-phone-verify-enabled", Kind.FLAG, "false"),
  MFA_PHONE_MAX_FREQUENCY("mfa-phone-max-frequency", Kind.DURATION, "1m"),
  MFA_PHONE_OTP_LENGTH("mfa-phone-otp-length", Kind.NUMBER, "6"),
  SESSIONS_TIMEBOX("sessions-timebox", Kind.DURATION, "0s"),
  SESSIONS_INACTIVITY_TIMEOUT("sessions-inactivity-timeout", Kind.DURATION, "0s"),
  SESSIONS_ALLOW_LOW_AAL("sessions-allow-low-aal", Kind.DURATION, "0s"),
  SESSIONS_SINGLE_PER_USER("sessions-single-per-user", Kind.FLAG, "false"),
  SECURITY_CAPTCHA_ENABLED("security-captcha-enabled", Kind.FLAG, "false"),
  SECURITY_CAPTCHA_PROVIDER("security-captcha-provider", Kind.TEXT, "hcaptcha"),
  SECURITY_CAPTCHA_SECRET("security-captcha-secret", Kind.TEXT, ""),
  SECURITY_CAPTCHA_TIMEOUT("security-captcha-timeout", Kind.DURATION, "10s"),
  SECURITY_UPDATE_PASSWORD_REQUIRE_CURRENT_PASSWORD(
      "security-update-password-require-current-password", Kind.FLAG, "false"),
  PASSWORD_HASHING("password-hashing", Kind.TEXT, "bcrypt"),
  PASSWORD_HIBP_ENABLED("password-hibp-enabled", Kind.FLAG, "false"),
  PASSWORD_HIBP_FAIL_CLOSED("password-hibp-fail-closed", Kind.FLAG, "false"),
  MFA_WEB_AUTHN_ENROLL_ENABLED("mfa-web-authn-enroll-enabled", Kind.FLAG, "false"),
  MFA_WEB_AUTHN_VERIFY_ENABLED("mfa-web-authn-verify-enabled", Kind.FLAG, "false"),
  PASSKEY_ENABLED("passkey-enabled", Kind.FLAG, "false"),
  PASSKEY_MAX_PASSKEYS_PER_USER("passkey-max-passkeys-per-user", Kind.NUMBER, "10"),
  WEBAUTHN_RP_ID("webauthn-rp-id", Kind.TEXT, ""),
  WEBAUTHN_RP_DISPLAY_NAME("webauthn-rp-display-name", Kind.TEXT, ""),
  WEBAUTHN_RP_ORIGINS("webauthn-rp-origins", Kind.LIST, ""),
  WEBAUTHN_CHALLENGE_EXPIRY_DURATION("webauthn-challenge-expiry-duration", Kind.DURATION, "5m"),
  RATE_LIMIT_PASSKEY("rate-limit-passkey", Kind.NUMBER, "30"),
  OAUTH_SERVER_ENABLED("oauth-server-enabled", Kind.FLAG, "false"),
  OAUTH_SERVER_ALLOW_DYNAMIC_REGISTRATION(
      "oauth-server-allow-dynamic-registration", Kind.FLAG, "false"),
  RATE_LIMIT_OAUTH_DYNAMIC_CLIENT_REGISTER(
      "rate-limit-oauth-dynamic-client-register", Kind.NUMBER, "10"),
  DB_MAX_POOL_SIZE("db-max-pool-size", Kind.NUMBER, "10"),

  JOBS("jobs", Kind.FLAG, ""),
  NET_ALLOWED_HOSTS("net-allowed-hosts", Kind.LIST, "");

  /// What its value is.
  enum Kind {
    TEXT,
    /// A whole number from 0 on.
    NUMBER,
    /// `true` or `false`.
    FLAG,
    /// Texts with commas between them.
    LIST,
    /// As Go writes durations: `90s`, `1h30m`.
    DURATION
  }

  /// Options that are not the auth server's.
  private static final Set<BackendOption> NOT_OF_AUTH =
      EnumSet.complementOf(EnumSet.range(JWT_SECRET, DB_MAX_POOL_SIZE));

  private static final String OURS = "FREEHOLD_BACKEND_";
  private static final String GOTRUE = "GOTRUE_";

  private final String word;
  private final Kind kind;
  private final String usual;

  BackendOption(String word, Kind kind, String usual) {
    this.word = word;
    this.kind = kind;
    this.usual = usual;
  }

  /// Its name in a file.
  public String word() {
    return word;
  }

  Kind kind() {
    return kind;
  }

  /// Its value when it is not given; empty for none, or for one that follows from others.
  String usual() {
    return usual;
  }

  /// The environment variable that goes before the file.
  public String variable() {
    return OURS + word.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /// GoTrue's own variable, heard too where the option is the auth server's.
  Optional<String> gotrueVariable() {
    return NOT_OF_AUTH.contains(this)
        ? Optional.empty()
        : Optional.of(GOTRUE + word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  static Optional<BackendOption> named(String word) {
    return Arrays.stream(values()).filter(option -> option.word.equals(word)).findFirst();
  }
}
