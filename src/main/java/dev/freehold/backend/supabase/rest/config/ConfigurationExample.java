package dev.freehold.backend.supabase.rest.config;

/// A configuration to begin with: what most change first, what else there is, and what is usual.
public final class ConfigurationExample {
  private ConfigurationExample() {}

  public static final String TEXT =
      """
      # freehold rest: one setting a line, NAME = VALUE. Texts stand in double quotes.
      # Lines that begin with "# " and a setting show what is usual; take the # away to change it.
      # Each setting may also come as a variable: db-uri as PGRST_DB_URI. It goes before the file.

      ## The database: where it is and who enters it. "@FILE" reads the address from a file.
      ## Left out, libpq's variables count: PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD.
      db-uri = "postgresql://authenticator:password@localhost:5432/postgres"

      ## The schemas that are served, with commas between them; the first is the usual one.
      db-schemas = "public"

      ## The role of requests without a token. Without it they are refused.
      # db-anon-role = "anon"

      ## What tokens are checked with: a text of at least 32 characters, a JSON Web Key, or a set of
      ## them. "@FILE" reads it from a file.
      # jwt-secret = "a-text-that-nobody-else-knows-and-is-long"
      # jwt-secret-is-base64 = false
      ## The audience that a token with "aud" has to name.
      # jwt-aud = ""
      ## Where in the claims the role stands.
      # jwt-role-claim-key = ".role"
      ## How many verified tokens are remembered.
      # jwt-cache-max-entries = 1000

      ## Where to listen: !4 is every IPv4 address, !6 every IPv6 one, 127.0.0.1 this machine alone.
      server-host = "127.0.0.1"
      server-port = 3000
      ## A Unix socket instead.
      # server-unix-socket = "/run/rest/rest.sock"
      # server-unix-socket-mode = "660"
      ## A second port that tells whether the server is ready, and how it does.
      # admin-server-port = 3001
      # admin-server-host = "127.0.0.1"

      ## Schemas searched after the one of the request, for types, operators and functions.
      # db-extra-search-path = "public"
      ## The most rows any answer holds.
      # db-max-rows = 1000
      ## sum(), avg() and the like in select=.
      # db-aggregates-enabled = false
      ## Plans instead of rows, for Accept: application/vnd.pgrst.plan. Not for the public.
      # db-plan-enabled = false
      ## A function that is called before each query, in its transaction.
      # db-pre-request = "check_request"
      ## How transactions end: commit, commit-allow-override, rollback, rollback-allow-override.
      # db-tx-end = "commit"
      ## Settings of a function that its whole transaction gets.
      # db-hoisted-tx-settings = "statement_timeout,plan_filter.statement_cost_limit,default_transaction_isolation"
      ## A function that answers at /, in place of the description.
      # db-root-spec = "root"

      ## Connections, and how many seconds a request waits for one.
      # db-pool = 10
      # db-pool-acquisition-timeout = 10
      # db-pool-max-lifetime = 1800
      # db-pool-max-idletime = 30
      # db-pool-automatic-recovery = true
      # db-prepared-statements = true

      ## NOTIFY pgrst, 'reload schema' and 'reload config'.
      # db-channel = "pgrst"
      # db-channel-enabled = true
      ## Settings that the database holds: ALTER ROLE authenticator SET pgrst.db_schemas = 'api'.
      # db-config = true
      ## A function that sets them.
      # db-pre-config = "pre_config"

      ## The description at /: follow-privileges, ignore-privileges, disabled.
      # openapi-mode = "follow-privileges"
      # openapi-security-active = false
      # openapi-server-proxy-uri = ""

      ## Which other origins may read answers, with commas between them; left out, every one.
      # server-cors-allowed-origins = ""
      ## A header that is repeated in each answer.
      # server-trace-header = "X-Request-Id"
      ## Say in Server-Timing how long each stage took.
      # server-timing-enabled = false

      ## What is logged: crit nothing, error from 500, warn from 400, info and debug everything.
      # log-level = "error"
      # log-query = false

      ## Texts of your own, for current_setting('app.settings.NAME').
      # app.settings.company = "Salon Anna"
      """;
}
