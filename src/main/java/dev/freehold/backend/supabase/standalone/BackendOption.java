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
  DISABLE_SIGNUP("disable-signup", Kind.FLAG, "false"),
  EXTERNAL_EMAIL_ENABLED("external-email-enabled", Kind.FLAG, "true"),
  EXTERNAL_ANONYMOUS_USERS_ENABLED("external-anonymous-users-enabled", Kind.FLAG, "false"),
  MAILER_AUTOCONFIRM("mailer-autoconfirm", Kind.FLAG, "false"),
  MAILER_SECURE_EMAIL_CHANGE_ENABLED("mailer-secure-email-change-enabled", Kind.FLAG, "true"),
  MAILER_OTP_EXP("mailer-otp-exp", Kind.NUMBER, "86400"),
  MAILER_OTP_LENGTH("mailer-otp-length", Kind.NUMBER, "6"),
  MAIL_FOLDER("mail-folder", Kind.TEXT, ""),
  SMTP_MAX_FREQUENCY("smtp-max-frequency", Kind.DURATION, "1m"),
  RATE_LIMIT_EMAIL_SENT("rate-limit-email-sent", Kind.NUMBER, "30"),
  PASSWORD_MIN_LENGTH("password-min-length", Kind.NUMBER, "6"),
  PASSWORD_REQUIRED_CHARACTERS("password-required-characters", Kind.TEXT, ""),
  SECURITY_UPDATE_PASSWORD_REQUIRE_REAUTHENTICATION(
      "security-update-password-require-reauthentication", Kind.FLAG, "false"),
  SECURITY_REFRESH_TOKEN_REUSE_INTERVAL("security-refresh-token-reuse-interval", Kind.NUMBER, "10"),
  JWT_EXP("jwt-exp", Kind.NUMBER, "3600"),
  DB_MAX_POOL_SIZE("db-max-pool-size", Kind.NUMBER, "10");

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
