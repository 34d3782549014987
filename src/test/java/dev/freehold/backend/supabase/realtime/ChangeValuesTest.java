package dev.freehold.backend.supabase.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Values of every kind of type in what subscribers are told. Upstream's are what `to_jsonb` makes
/// of them, so PostgreSQL itself says what is expected; its two exceptions stand in a test of their
/// own.
class ChangeValuesTest {
  private static final String SCHEMA =
      """
      create extension if not exists hstore;
      create schema hidden;
      create type mood as enum ('glad', 'sad "so"');
      create type point3 as (x int, y numeric, name text);
      create type hidden.pair as (a int, b mood);
      create domain short as varchar(20);
      create domain shorter as short check (value <> 'no');
      create domain bytes as bytea;
      """;

  private static final RealtimeFixture server = RealtimeFixture.with(SCHEMA);
  private static int tables;

  @AfterAll
  static void close() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "int2 | -32768",
        "bigint | 9223372036854775807",
        "numeric | 123456789012345678901234567890.000100",
        "numeric(10,2) | 1.5",
        "numeric[] | {1.50,NaN,NULL}",
        "real | 1.5e-20",
        "double precision | 0.1",
        "double precision[] | {Infinity,-1.5}",
        "boolean | t",
        "boolean[] | {t,f,NULL}",
        "text | ` \"quoted\" \\ back, {brace} ünï 𝄞 `",
        "text[] | `{\"a,b\",\"q\\\"uote\",\"back\\\\slash\",NULL,\"NULL\",\"\"}`",
        "text[] | `{{a,b},{\"c d\",NULL}}`",
        "int[] | `[0:2]={1,2,3}`",
        "int[] | {}",
        "char(5) | ab",
        "varchar(3) | abc",
        "uuid | 11111111-1111-4111-8111-111111111111",
        "uuid[] | {11111111-1111-4111-8111-111111111111}",
        "date | 2026-02-28",
        "date | infinity",
        "time | 12:34:56.789",
        "timetz | 12:34:56+05:30",
        "timestamp | 2026-01-02 03:04:05.678901",
        "timestamp | infinity",
        "timestamptz | 2026-01-02 03:04:05.1+05:45",
        "timestamptz | -infinity",
        "timestamptz | 0044-03-15 12:00:00+00 BC",
        "timestamptz[] | `{\"2026-01-02 03:04:05+00\",NULL}`",
        "interval | 1 year 2 mons 3 days 04:05:06.7",
        "json | `{\"b\": 1,  \"a\": [1, null, \"x\"]}`",
        "jsonb | `{\"b\": 1.10, \"a\": {\"deep\": [true]}}`",
        "jsonb | `\"just a text\"`",
        "jsonb[] | `{\"{\\\"a\\\": 1}\",NULL}`",
        "bytea[] | `{\"\\\\xdeadbeef\"}`",
        "bytes | \\x00ff",
        "int4range | `[1,5)`",
        "tstzrange | `[\"2026-01-01 00:00:00+00\",)`",
        "int4multirange | `{[1,3),[5,7)}`",
        "mood | `sad \"so\"`",
        "mood[] | `{glad,\"sad \\\"so\\\"\"}`",
        "short | words",
        "shorter | words",
        "shorter[] | {a,b}",
        "point3 | `(1,2.50,\"a name\")`",
        "point3[] | `{\"(1,2.50,a)\",\"(,,)\"}`",
        "hstore | `\"a\"=>\"1\", \"b\"=>NULL`",
        "inet | 192.168.0.1/24",
        "macaddr | 08:00:2b:01:02:03",
        "money | 12.30",
        "bit(3) | 101",
        "varbit | 10110",
        "xml | <a>b</a>",
        "tsvector | a fat cat",
        "point | `(1.5,2)`",
        "oid | 4294967295",
        "regclass | pg_catalog.pg_class",
        "\"char\" | x",
        "pg_lsn | 16/B374D848"
      })
  void valuesAreWhatPostgresMakesOfThem(String type, String literal) throws SQLException {
    assertThat(told(type, literal)).isEqualTo(expected(type, literal));
  }

  @Test
  void bytesComeWithoutTheirMarkAndWhatIsNoNumberAsNull() {
    assertThat(told("bytea", "\\x0102ff").toString()).isEqualTo("\"0102ff\"");
    assertThat(told("bytea", "").toString()).isEqualTo("\"\"");
    assertThat(told("numeric", "NaN").isNull()).isTrue();
    assertThat(told("double precision", "-Infinity").isNull()).isTrue();
  }

  /// What one type costs, the others of the row, and other rows, do not pay.
  @Test
  void aTypeThatTheServerMayNotUseComesAsText() {
    assertThat(told("hidden.pair", "(1,glad)").asString()).isEqualTo("(1,glad)");
  }

  private static JsonNode expected(String type, String literal) throws SQLException {
    var database = server.database;
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var setting = connection.createStatement();
        var query = connection.prepareStatement("select to_jsonb(?::text::" + type + ")::text")) {
      setting.execute("set timezone = 'UTC'");
      query.setString(1, literal);
      try (var row = query.executeQuery()) {
        row.next();
        return JsonMapper.shared().readTree(row.getString(1));
      }
    }
  }

  private static JsonNode told(String type, String literal) {
    var table = "values_" + ++tables;
    server.sql(
        "create table %1$s (id int primary key, v %2$s); grant all on %1$s to anon;"
                .formatted(table, type)
            + " alter publication supabase_realtime add table "
            + table);
    try (var socket = server.connect()) {
      socket.join(
          "values",
          "{\"config\":{\"postgres_changes\":[{\"event\":\"*\",\"schema\":\"public\",\"table\":\""
              + table
              + "\"}]}}");
      socket.next("phx_reply");
      assertThat(socket.next("system").path("status").asString()).isEqualTo("ok");
      server.sql("insert into " + table + " values (1, '" + literal.replace("'", "''") + "')");
      return socket.next("postgres_changes").path("data").path("record").path("v");
    } finally {
      server.sql("drop table " + table);
    }
  }
}
