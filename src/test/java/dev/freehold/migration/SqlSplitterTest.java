package dev.freehold.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.problem.ProblemException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SqlSplitterTest {
  static Stream<Arguments> scripts() {
    return Stream.of(
        script("select 1; select 2", "select 1", "select 2"),
        script("  ;; \n -- nothing\n /* at /* all */ */ ;"),
        script("select ';' ; x", "select ';'", "x"),
        script("select 'it''s;' ; x", "select 'it''s;'", "x"),
        script("select E'a\\';' ; x", "select E'a\\';'", "x"),
        script("select 'a\\' ; x", "select 'a\\'", "x"),
        script("select name'a\\' ; x", "select name'a\\'", "x"),
        script("create table \"a;\"\"b\" (); x", "create table \"a;\"\"b\" ()", "x"),
        script("do $$ a; b $$; x", "do $$ a; b $$", "x"),
        script("do $f$ $$;$$ ; $f$; x", "do $f$ $$;$$ ; $f$", "x"),
        script("select $1, a$b$c; x", "select $1, a$b$c", "x"),
        script("select 1 -- a; b\n, 2; x", "select 1 -- a; b\n, 2", "x"),
        script("select /* ; /* ; */ ; */ 1; x", "select /* ; /* ; */ ; */ 1", "x"),
        script(
            "create rule r as on insert to t do (a; b); x",
            "create rule r as on insert to t do (a; b)",
            "x"),
        script(
            "create function f() begin atomic select case when true then 1 end; select 2; end; x",
            "create function f() begin atomic select case when true then 1 end; select 2; end",
            "x"),
        script("begin; update t set a = 1; end; x", "begin", "update t set a = 1", "end", "x"),
        script("copy t from stdin;\n1\tit's;\n\\.\nx;", "copy t from stdin", "x"),
        script("\\connect other\nselect 1;", "\\connect other", "select 1"));
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void cutsAsPsqlDoes(String sql, List<String> statements) {
    assertThat(SqlSplitter.split(sql, "a.sql"))
        .extracting(SqlStatement::text)
        .isEqualTo(statements);
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of("create index concurrently i on t (a)", SqlStatement.Kind.ALONE),
        Arguments.of("create unique index /* x */ concurrently i", SqlStatement.Kind.ALONE),
        Arguments.of("create index concurrently_used on t (a)", SqlStatement.Kind.PLAIN),
        Arguments.of("drop index concurrently i", SqlStatement.Kind.ALONE),
        Arguments.of("reindex (verbose) table concurrently t", SqlStatement.Kind.ALONE),
        Arguments.of("drop table t", SqlStatement.Kind.PLAIN),
        Arguments.of("vacuum full t", SqlStatement.Kind.ALONE),
        Arguments.of("alter system set a = 1", SqlStatement.Kind.ALONE),
        Arguments.of("-- why\nalter type mood add value 'ok'", SqlStatement.Kind.NEW_ENUM_VALUE),
        Arguments.of("alter type mood rename value 'a' to 'b'", SqlStatement.Kind.PLAIN),
        Arguments.of("Begin", SqlStatement.Kind.TRANSACTION),
        Arguments.of("start transaction", SqlStatement.Kind.TRANSACTION),
        Arguments.of("rollback", SqlStatement.Kind.ROLLBACK),
        Arguments.of("rollback to savepoint a", SqlStatement.Kind.PLAIN),
        Arguments.of(
            "copy public.t (a, b)\nfrom stdin with csv", SqlStatement.Kind.COPY_FROM_STDIN),
        Arguments.of("copy t to stdout", SqlStatement.Kind.PLAIN),
        Arguments.of("CREATE EXTENSION pg_cron", SqlStatement.Kind.CREATE_EXTENSION),
        Arguments.of("alter extension a set schema b", SqlStatement.Kind.MOVE_EXTENSION),
        Arguments.of("\\i other.sql", SqlStatement.Kind.PSQL),
        Arguments.of("insert into t values ('begin')", SqlStatement.Kind.PLAIN));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void knowsWhatAStatementNeeds(String sql, SqlStatement.Kind kind) {
    assertThat(SqlSplitter.split(sql, "a.sql").getFirst().kind()).isEqualTo(kind);
  }

  @Test
  void tellsWhereAStatementBegins() {
    var statements =
        SqlSplitter.split("-- first\n\nselect 'a\nb';\n\n/* x\n*/ select\n2;", "a.sql");
    assertThat(statements).extracting(SqlStatement::line).containsExactly(3, 7);
    assertThat(statements.getLast().excerpt()).isEqualTo("select 2");
  }

  @Test
  void tellsWhereAnOpenQuoteBegan() {
    for (var open : List.of("select 'a", "select \"a", "do $x$ a", "select 1 /* /* */")) {
      assertThatThrownBy(() -> SqlSplitter.split("select 1;\n" + open, "a.sql"))
          .as(open)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("migration-unreadable")
          .hasMessageContaining("a.sql:2");
    }
  }

  private static Arguments script(String sql, String... statements) {
    return Arguments.of(sql, List.of(statements));
  }
}
