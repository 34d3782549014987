package dev.freehold.backend.supabase.rest.config;

import static dev.freehold.backend.supabase.rest.config.ConfigOption.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.problem.ProblemException;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// PostgREST's configuration: the file's format, names and aliases, what goes before what, and what
/// is refused.
final class ConfigTest {
  private static Configuration parsed(String text) {
    return Configuration.parse(text, Map.of());
  }

  @Test
  void aFileIsNamesAndValuesWithComments() {
    var read =
        parsed(
            """
            # a comment
            db-schemas = "shop,  back office" # another
            db-max-rows=50
            db-plan-enabled = on
            jwt-secret =
              "a \\"quoted\\" text\\n that is long enough \\u00e9"
            app.settings.company = "Anna & $$on"
            app { settings { nested = "$(app.settings.company)!" } }
            """);

    assertThat(read.list(DB_SCHEMAS)).containsExactly("shop", "back office");
    assertThat(read.number(DB_MAX_ROWS)).hasValue(50);
    assertThat(read.flag(DB_PLAN_ENABLED)).isTrue();
    assertThat(read.text(JWT_SECRET)).isEqualTo("a \"quoted\" text\n that is long enough é");
    assertThat(read.appSettings())
        .containsEntry("app.settings.company", "Anna & $on")
        .containsEntry("app.settings.nested", "Anna & $on!");
  }

  @Test
  void oneFileReadsAnother(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("main.conf"), "import \"more.conf\"\nserver-port = 3001\n");
    Files.writeString(folder.resolve("more.conf"), "server-port = 1\ndb-anon-role = \"web\"\n");

    var read = Configuration.read(Optional.of(folder.resolve("main.conf")), Map.of(), Map.of());

    assertThat(read.number(SERVER_PORT)).hasValue(3001);
    assertThat(read.text(DB_ANON_ROLE)).isEqualTo("web");
  }

  @Test
  void whatIsNoConfigurationIsRefusedWithItsLine() {
    for (var text :
        List.of("a:\n", "\n\nserver-port 3", "x = \"open", "x = y", "x = [1", "{", "x")) {
      assertThatThrownBy(() -> parsed(text))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("line ");
    }
    assertThatThrownBy(() -> parsed("\n\nserver-port 3")).hasMessageContaining("line 3");
  }

  @Test
  void aliasesStandForTheirOptions() {
    var read =
        parsed(
            """
            db-schema = "a"
            max-rows = 7
            pre-request = "check"
            root-spec = "api.root"
            role-claim-key = ".x"
            secret-is-base64 = true
            db-pool-timeout = 5
            server-host = "127.0.0.1"
            """);

    assertThat(read.list(DB_SCHEMAS)).containsExactly("a");
    assertThat(read.number(DB_MAX_ROWS)).hasValue(7);
    assertThat(read.function(DB_PRE_REQUEST)).hasToString("Optional[check]");
    assertThat(read.function(DB_ROOT_SPEC)).hasToString("Optional[api.root]");
    assertThat(read.text(JWT_ROLE_CLAIM_KEY)).isEqualTo(".x");
    assertThat(read.flag(JWT_SECRET_IS_BASE64)).isTrue();
    assertThat(read.number(DB_POOL_MAX_IDLETIME)).hasValue(5);
    assertThat(read.text(ADMIN_SERVER_HOST)).isEqualTo("127.0.0.1");
    assertThat(read.unknown()).isEmpty();
  }

  @Test
  void theDatabaseGoesBeforeTheEnvironmentAndThatBeforeTheFile(@TempDir Path folder)
      throws IOException {
    var file = folder.resolve("rest.conf");
    Files.writeString(file, "db-max-rows = 1\njwt-aud = \"file\"\nserver-port = 1\nwhat = 1\n");
    var environment =
        Map.of(
            "PGRST_DB_MAX_ROWS", "2",
            "PGRST_JWT_AUD", "environment",
            "PGRST_APP_SETTINGS_color", "red");

    var read = Configuration.read(Optional.of(file), environment, Map.of("db_max_rows", "3"));

    assertThat(read.number(DB_MAX_ROWS)).hasValue(3);
    assertThat(read.text(JWT_AUD)).isEqualTo("environment");
    assertThat(read.number(SERVER_PORT)).hasValue(1);
    assertThat(read.appSettings()).containsEntry("app.settings.color", "red");
    assertThat(read.unknown()).containsExactly("what");
  }

  @Test
  void whatIsNotReadableAsNumberOrSwitchCountsAsNotGiven() {
    var read =
        parsed("db-max-rows = true\ndb-channel-enabled = 13\nserver-port = \"x\"\ndb-pool = \"4\"");

    assertThat(read.number(DB_MAX_ROWS)).isEmpty();
    assertThat(read.flag(DB_CHANNEL_ENABLED)).isTrue();
    assertThat(read.number(SERVER_PORT)).hasValue(3000);
    assertThat(read.number(DB_POOL)).hasValue(4);
  }

  @Test
  void switchesAreWrittenInManyWays() {
    for (var on : List.of("true", "\"TRUE\"", "on", "\"1\"", "\"\\\"true\\\"\"")) {
      assertThat(parsed("db-plan-enabled = " + on).flag(DB_PLAN_ENABLED)).as(on).isTrue();
    }
    for (var off : List.of("false", "\"False\"", "off", "\"0\"", "\"nonsense\"")) {
      assertThat(parsed("db-plan-enabled = " + off).flag(DB_PLAN_ENABLED)).as(off).isFalse();
    }
  }

  @Test
  void anEmptyTextCountsAsNotGivenExceptForTheSearchPath() {
    var read = parsed("log-level = \"\"\ndb-schemas = \"\"\ndb-extra-search-path = \"\"");

    assertThat(read.text(LOG_LEVEL)).isEqualTo("error");
    assertThat(read.list(DB_SCHEMAS)).containsExactly("public");
    assertThat(read.list(DB_EXTRA_SEARCH_PATH)).isEmpty();
  }

  @Test
  void unusableValuesAreRefusedByName() {
    for (var line :
        List.of(
            "log-level = \"never\"",
            "openapi-mode = \"all\"",
            "db-tx-end = \"random\"",
            "jwt-role-claim-key = \"role.other\"",
            "jwt-role-claim-key = \".role##\"",
            "jwt-role-claim-key = \".role[?(@ =)]\"",
            "jwt-aud = \"http://%%x.invalid\"",
            "openapi-server-proxy-uri = \"htp:/@@x\"",
            "server-unix-socket-mode = \"599\"",
            "server-unix-socket-mode = \"778\"",
            "server-unix-socket-mode = \"800\"",
            "server-port = 65536",
            "admin-server-port = 3000")) {
      assertThatThrownBy(() -> parsed(line))
          .as(line)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining(line.substring(0, line.indexOf(' ')));
    }
  }

  @Test
  void whatIsDumpedCanBeReadAgain() {
    var first =
        parsed("jwt-role-claim-key = \".a[0].\\\"x-y\\\"\"\napp.settings.x = \"1\"\ndb-pool = 3");
    var dumped = DumpedConfiguration.of(first);

    assertThat(dumped)
        .contains("db-pool = 3\n", "db-max-rows = \"\"\n", "server-host = \"!4\"\n")
        .contains("jwt-role-claim-key = \".\\\"a\\\"[0].\\\"x-y\\\"\"\n");
    assertThat(DumpedConfiguration.of(parsed(dumped))).isEqualTo(dumped);
    assertThat(parsed(ConfigurationExample.TEXT).unknown()).isEmpty();
    assertThat(parsed(ConfigurationExample.TEXT.replaceAll("(?m)^# (?=[a-z.-]+ = )", "")).unknown())
        .isEmpty();
  }

  @Test
  void theExampleNamesEveryOption() {
    for (var option : ConfigOption.values()) {
      assertThat(ConfigurationExample.TEXT).contains(option.word() + " = ");
    }
  }

  @Test
  void addressesAreReadAsLibpqReadsThem() {
    var none = Map.<String, String>of();
    assertThat(ConnectionString.read("postgresql://u:p%40@h:1/d", none))
        .isEqualTo(new Database("h", 1, "d", "u", "p@"));
    assertThat(ConnectionString.read("postgres://u:a?b@h/d?port=7", none))
        .isEqualTo(new Database("h", 7, "d", "u", "a?b"));
    assertThat(ConnectionString.read("postgresql:///d?host=h&user=u&password=p%26", none))
        .isEqualTo(new Database("h", 5432, "d", "u", "p&"));
    assertThat(ConnectionString.read("host=h dbname = 'my d' user=u password='it\\'s'", none))
        .isEqualTo(new Database("h", 5432, "my d", "u", "it's"));
    assertThat(ConnectionString.read("postgresql://[::1]:9/d", Map.of("PGUSER", "u")))
        .isEqualTo(new Database("::1", 9, "d", "u", ""));
    assertThat(
            ConnectionString.read(
                "postgresql://",
                Map.of(
                    "PGHOST",
                    "h",
                    "PGPORT",
                    "2",
                    "PGUSER",
                    "u",
                    "PGPASSWORD",
                    "p",
                    "PGDATABASE",
                    "d")))
        .isEqualTo(new Database("h", 2, "d", "u", "p"));
  }

  @Test
  void encryptionAndSocketsAreReadAsLibpqReadsThem() throws IOException {
    var none = Map.<String, String>of();
    assertThat(ConnectionString.read("postgresql://u@h/d?sslmode=verify-full", none).tls())
        .isEqualTo(Database.Tls.VERIFY_FULL);
    assertThat(ConnectionString.read("host=h sslmode=allow", Map.of("PGSSLMODE", "require")).tls())
        .isEqualTo(Database.Tls.PREFER);
    assertThat(ConnectionString.read("host=h", Map.of("PGSSLMODE", "require")).tls())
        .isEqualTo(Database.Tls.REQUIRE);
    assertThat(ConnectionString.read("postgresql://u@%2Fsome%2Ffolder/d", none).host())
        .isEqualTo("/some/folder");
    assertThat(ConnectionString.read("dbname=d", Map.of("PGHOST", "/a")).host()).isEqualTo("/a");
    var socket = Path.of("/tmp/.s.PGSQL.64999");
    Files.createFile(socket);
    try {
      assertThat(ConnectionString.read("postgresql://:64999/d", none).host()).isEqualTo("/tmp");
    } finally {
      Files.delete(socket);
    }
    assertThat(ConnectionString.read("host=h application_name=a connect_timeout=3", none).host())
        .isEqualTo("h");
  }

  @Test
  void whatCannotBeServedIsSaid() {
    for (var wrong :
        List.of(
            "host=a,b",
            "postgresql://a:1,b:2/d",
            "host=h sslmode=always",
            "host=h sslcert=/x",
            "host=h port=0",
            "host=h port=x",
            "host=@abstract",
            "host=h target_session_attrs=read-write",
            "postgresql://h/d?options=-csearch_path%3Dx")) {
      assertThatThrownBy(() -> ConnectionString.read(wrong, Map.of()))
          .as(wrong)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("rest-setting-invalid");
    }
  }

  @Test
  void theDatabaseHoldsSettingsForTheRoleThatEntersIt() {
    var database = TestPostgres.create();
    TestPostgres.execute(
        database,
        """
        create role config_reader login;
        create function pre_config() returns void language sql as $$
          select set_config('pgrst.jwt_aud', 'function', true),
                 set_config('pgrst.db_max_rows', '1', true),
                 set_config('pgrst.db_schemas', 'from_function', true) $$;
        alter role config_reader set pgrst.db_max_rows = '2';
        alter role config_reader set pgrst.db_schemas = 'a,b';
        alter role config_reader set pgrst.server_port = '9';
        """);
    TestPostgres.execute(
        database,
        "alter role config_reader in database " + database.name() + " set pgrst.db_max_rows = '3'");

    try (var pool = Pool.open(database.as("config_reader", ""), PoolLimits.DEFAULT)) {
      assertThat(DatabaseSettings.read(pool, Optional.empty()))
          .isEqualTo(Map.of("db_max_rows", "3", "db_schemas", "a,b"));
      var function = parsed("db-pre-config = \"pre_config\"").function(DB_PRE_CONFIG);
      assertThat(DatabaseSettings.read(pool, function))
          .isEqualTo(Map.of("db_max_rows", "3", "db_schemas", "a,b", "jwt_aud", "function"));
    }
  }
}
