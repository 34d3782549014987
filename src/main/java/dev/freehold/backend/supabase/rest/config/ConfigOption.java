package dev.freehold.backend.supabase.rest.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Every option PostgREST v14 documents, in the order in which its configuration is printed.
///
/// Source: https://docs.postgrest.org/en/v14/references/configuration.html
public enum ConfigOption {
  DB_AGGREGATES_ENABLED("db-aggregates-enabled", Kind.FLAG, "false", true),
  DB_ANON_ROLE("db-anon-role", Kind.TEXT, "", true),
  DB_CHANNEL("db-channel", Kind.TEXT, "pgrst", false),
  DB_CHANNEL_ENABLED("db-channel-enabled", Kind.FLAG, "true", false),
  DB_EXTRA_SEARCH_PATH("db-extra-search-path", Kind.LIST, "public", true),
  DB_HOISTED_TX_SETTINGS(
      "db-hoisted-tx-settings",
      Kind.LIST,
      "statement_timeout,plan_filter.statement_cost_limit,default_transaction_isolation",
      true),
  DB_MAX_ROWS("db-max-rows", Kind.NUMBER, "", true, "max-rows"),
  DB_PLAN_ENABLED("db-plan-enabled", Kind.FLAG, "false", true),
  DB_POOL("db-pool", Kind.NUMBER, "10", false),
  DB_POOL_ACQUISITION_TIMEOUT("db-pool-acquisition-timeout", Kind.NUMBER, "10", false),
  DB_POOL_MAX_LIFETIME("db-pool-max-lifetime", Kind.NUMBER, "1800", false),
  DB_POOL_MAX_IDLETIME("db-pool-max-idletime", Kind.NUMBER, "30", false, "db-pool-timeout"),
  DB_POOL_AUTOMATIC_RECOVERY("db-pool-automatic-recovery", Kind.FLAG, "true", false),
  DB_PRE_REQUEST("db-pre-request", Kind.TEXT, "", true, "pre-request"),
  DB_PREPARED_STATEMENTS("db-prepared-statements", Kind.FLAG, "true", true),
  DB_ROOT_SPEC("db-root-spec", Kind.TEXT, "", true, "root-spec"),
  DB_SCHEMAS("db-schemas", Kind.LIST, "public", true, "db-schema"),
  DB_CONFIG("db-config", Kind.FLAG, "true", false),
  DB_PRE_CONFIG("db-pre-config", Kind.TEXT, "", true),
  DB_TX_END("db-tx-end", Kind.TEXT, "commit", true),
  DB_URI("db-uri", Kind.TEXT, "postgresql://", false),
  JWT_AUD("jwt-aud", Kind.TEXT, "", true),
  JWT_ROLE_CLAIM_KEY("jwt-role-claim-key", Kind.TEXT, ".role", true, "role-claim-key"),
  JWT_SECRET("jwt-secret", Kind.TEXT, "", true),
  JWT_SECRET_IS_BASE64("jwt-secret-is-base64", Kind.FLAG, "false", true, "secret-is-base64"),
  JWT_CACHE_MAX_ENTRIES("jwt-cache-max-entries", Kind.NUMBER, "1000", false),
  LOG_LEVEL("log-level", Kind.TEXT, "error", false),
  LOG_QUERY("log-query", Kind.FLAG, "false", false),
  OPENAPI_MODE("openapi-mode", Kind.TEXT, "follow-privileges", true),
  OPENAPI_SECURITY_ACTIVE("openapi-security-active", Kind.FLAG, "false", true),
  OPENAPI_SERVER_PROXY_URI("openapi-server-proxy-uri", Kind.TEXT, "", true),
  SERVER_CORS_ALLOWED_ORIGINS("server-cors-allowed-origins", Kind.LIST, "", true),
  SERVER_HOST("server-host", Kind.TEXT, "!4", false),
  SERVER_PORT("server-port", Kind.NUMBER, "3000", false),
  SERVER_TRACE_HEADER("server-trace-header", Kind.TEXT, "", true),
  SERVER_TIMING_ENABLED("server-timing-enabled", Kind.FLAG, "false", true),
  SERVER_UNIX_SOCKET("server-unix-socket", Kind.TEXT, "", false),
  SERVER_UNIX_SOCKET_MODE("server-unix-socket-mode", Kind.TEXT, "660", false),
  ADMIN_SERVER_HOST("admin-server-host", Kind.TEXT, "!4", false, "server-host"),
  ADMIN_SERVER_PORT("admin-server-port", Kind.NUMBER, "", false);

  /// What its value is.
  enum Kind {
    TEXT,
    /// A whole number; what is none counts as not given.
    NUMBER,
    /// `true`, `false`, or a number above 0; what is none of them counts as not given.
    FLAG,
    /// Texts with commas between them.
    LIST
  }

  private final String word;
  private final Kind kind;
  private final String usual;
  private final boolean inDatabase;
  private final String alias;

  ConfigOption(String word, Kind kind, String usual, boolean inDatabase) {
    this(word, kind, usual, inDatabase, "");
  }

  ConfigOption(String word, Kind kind, String usual, boolean inDatabase, String alias) {
    this.word = word;
    this.kind = kind;
    this.usual = usual;
    this.inDatabase = inDatabase;
    this.alias = alias;
  }

  /// Its name in a file.
  public String word() {
    return word;
  }

  Kind kind() {
    return kind;
  }

  /// Its value when it is not given; empty for none.
  String usual() {
    return usual;
  }

  /// Whether the database may hold it, as `pgrst.NAME` with underscores.
  public boolean inDatabase() {
    return inDatabase;
  }

  /// Its earlier name, or the option that stands in for it; empty for none.
  String alias() {
    return alias;
  }

  /// The name, or the alias, as an environment variable.
  static String variable(String word) {
    return "PGRST_" + word.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  static String databaseName(String word) {
    return word.replace('-', '_');
  }

  static Optional<ConfigOption> named(String word) {
    return Arrays.stream(values())
        .filter(option -> option.word.equals(word) || option.alias.equals(word))
        .findFirst();
  }
}
