package dev.freehold.migration;

import static dev.freehold.migration.SchemaMigrations.OnFailure.SKIP;
import static dev.freehold.migration.SchemaMigrations.OnFailure.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.RolePasswords;
import dev.freehold.postgres.Database;
import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Event;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaMigrationsTest {
  private final Database database = TestPostgres.create();
  private final List<Event> events = new ArrayList<>();
  private final Path folder;

  SchemaMigrationsTest(@TempDir Path folder) {
    this.folder = folder;
    Prelude.apply(database, new RolePasswords("p1", "p2", "p3", "p4", "p5"));
  }

  @Test
  void runsFilesInOrderAsPostgresAndRecordsThem() throws Exception {
    file("20240102000000_second.sql", "insert into notes values (current_user); -- done");
    file("20240101000000_first.sql", "create table notes (who text);\n\nselect 1;");
    file("20240101000000_again.sql", "select 'same digits as the one after it'");
    file("notes.txt", "no sql");

    var report = apply(STOP);

    assertThat(report.complete()).isTrue();
    assertThat(report.applied())
        .extracting(MigrationReport.Applied::version)
        .containsExactly("20240101000000", "20240101000000_first", "20240102000000");
    assertThat(value("select string_agg(who, ',') from public.notes")).isEqualTo("postgres");
    assertThat(
            value(
                "select statements::text || name from supabase_migrations.schema_migrations"
                    + " where version = '20240102000000'"))
        .isEqualTo("{\"insert into notes values (current_user)\"}second");
    assertThat(value("select has_table_privilege('anon', 'public.notes', 'insert')"))
        .isEqualTo("t");
    assertThat(events).hasSize(3);
  }

  @Test
  void aSecondRunLeavesRecordedFilesAlone() throws Exception {
    file("1_a.sql", "create table a ()");
    apply(STOP);
    file("2_b.sql", "create table b ()");
    var report = apply(STOP);
    assertThat(report.alreadyThere()).containsExactly("1");
    assertThat(report.applied()).extracting(MigrationReport.Applied::name).containsExactly("b");
  }

  @Test
  void theFirstFailureStopsAndLeavesNothingOfItsFile() throws Exception {
    file("1_a.sql", "create table kept ()");
    file("2_b.sql", "create table gone ();\n\ninsert into missing\nvalues (1);");
    file("3_c.sql", "create table never ()");
    assertThatThrownBy(() -> apply(STOP))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("migration-failed");
              assertThat(e.problem().detail().orElseThrow())
                  .startsWith("2_b.sql:3: insert into missing values (1)")
                  .contains("SQLSTATE 42P01: relation \"missing\" does not exist");
              assertThat(e.problem().hint().orElseThrow())
                  .contains("dashboard", "--skip-failing-sql");
            });
    assertThat(value("select string_agg(tablename, ',') from pg_tables where schemaname='public'"))
        .isEqualTo("kept");
    assertThat(value("select string_agg(version, ',') from supabase_migrations.schema_migrations"))
        .isEqualTo("1");
  }

  @Test
  void skippingGoesOnReportsEachAndTriesMissingObjectsOnceMore() throws Exception {
    file("1_a.sql", "create table a (b int references later);\ncreate table ok ();\nselct 1;");
    file("2_b.sql", "create table later (id int primary key); create table ok ();");

    var report = apply(SKIP);

    assertThat(report.complete()).isFalse();
    assertThat(report.skipped())
        .extracting(s -> s.file() + ":" + s.line() + " " + s.sqlState())
        .containsExactly("1_a.sql:3 42601", "2_b.sql:1 42P07");
    assertThat(value("select to_regclass('public.a') is not null")).isEqualTo("t");
    assertThat(
            value(
                "select statements::text from supabase_migrations.schema_migrations"
                    + " where version = '2'"))
        .isEqualTo("{\"create table later (id int primary key)\"}");
    assertThat(apply(SKIP).skipped()).as("remembered").hasSize(2);
  }

  @Test
  void statementsThatNeedTheirOwnTransactionGetIt() throws Exception {
    file(
        "1_a.sql",
        """
        begin;
        create type mood as enum ('sad');
        create table m (v mood);
        commit;
        """);
    file("2_b.sql", "alter type mood add value 'ok'; insert into m values ('ok');");
    file("3_c.sql", "create index concurrently m_v on m (v); vacuum m;");
    assertThat(apply(STOP).complete()).isTrue();
    assertThat(value("select v from public.m")).isEqualTo("ok");
    assertThat(value("select indisvalid from pg_index where indexrelid = 'm_v'::regclass"))
        .isEqualTo("t");
    assertThat(value("select count(*) from supabase_migrations.freehold_progress")).isEqualTo("0");
  }

  @Test
  void aRunThatIsKilledInTheMiddleIsRepeatedWithoutLossOrDoubling() throws Exception {
    file("1_a.sql", "create table a (n int); insert into a values (1);");
    file(
        "2_b.sql",
        "insert into a values (2);\ncreate index concurrently a_n on a (n);\n"
            + "insert into a values (3);\nselect pg_sleep(case when to_regclass('go') is null"
            + " then 60 else 0 end);");
    var run = CompletableFuture.supplyAsync(() -> caught(() -> apply(STOP)));
    var sleeping =
        "from pg_stat_activity where datname = current_database()"
            + " and query like 'select pg_sleep(case%'";
    while (value("select count(*) " + sleeping).equals("0")) {
      Thread.sleep(20);
    }
    value("select pg_terminate_backend(pid) " + sleeping);
    assertThat(run.get()).contains("database-unreachable", "terminating connection");

    TestPostgres.execute(database, "create table public.go ()");
    assertThat(apply(STOP).applied()).hasSize(1);

    assertThat(value("select string_agg(n::text, ',' order by n) from public.a"))
        .isEqualTo("1,2,3");
  }

  @Test
  void aFileCannotLeaveSettingsOrARoleBehind() throws Exception {
    file("1_a.sql", "set search_path = ''; set role anon; set check_function_bodies = off;");
    file("2_b.sql", "create table who as select current_user::text as role;");
    assertThat(apply(STOP).applied()).hasSize(2);
    assertThat(value("select role from public.who")).isEqualTo("postgres");
  }

  @Test
  void extensionsOfHostedDatabasesAreAnsweredOnAForeignServer() throws Exception {
    file(
        "1_a.sql",
        """
        create extension if not exists pg_cron with schema pg_catalog;
        create extension if not exists "pg_net" with schema extensions version '0.14';
        create extension if not exists pg_trgm with schema public;
        alter extension pg_trgm set schema extensions;
        select cron.schedule('a', '* * * * *', 'select 1');
        """);
    assertThat(apply(STOP).standIns()).containsExactly("pg_cron", "pg_net");
    assertThat(
            value("select extnamespace::regnamespace from pg_extension where extname = 'pg_trgm'"))
        .isEqualTo("extensions");
  }

  @Test
  void anExtensionNobodyHasIsAHint() throws IOException {
    file("1_a.sql", "create extension vector;");
    assertThatThrownBy(() -> apply(STOP))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().hint().orElseThrow()).contains("--postgres-bin"));
  }

  @Test
  void rowsOfADumpAndPsqlCommandsAreRefusedClearly() throws IOException {
    file("1_a.sql", "create table a (n int);\ncopy a from stdin;\n1\n\\.\n");
    assertThatThrownBy(() -> apply(STOP)).hasMessageContaining("1_a.sql:2: copy a from stdin");
    file("1_a.sql", "\\connect other");
    assertThatThrownBy(() -> apply(STOP)).hasMessageContaining("command of psql");
    file("1_a.sql", "rollback;");
    assertThatThrownBy(() -> apply(STOP)).hasMessageContaining("cannot end it itself");
  }

  @Test
  void aConstraintThatWaitsForTheEndFailsTheFile() throws IOException {
    file(
        "1_a.sql",
        "create table p (id int primary key);"
            + " create table c (id int references p deferrable initially deferred);"
            + " insert into c values (7);");
    assertThatThrownBy(() -> apply(STOP)).hasMessageContaining("SQLSTATE 23503");
  }

  @Test
  void linksAreNotFollowedAndAMissingFolderIsNoFile() throws IOException {
    Files.createSymbolicLink(folder.resolve("1_secret.sql"), Path.of("/etc/passwd"));
    assertThat(apply(STOP).applied()).isEmpty();
    assertThat(SchemaFile.in(folder.resolve("nowhere"))).isEmpty();
  }

  @Test
  void twoRunsAtOnceAreRefused() throws Exception {
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var statement = connection.createStatement()) {
      statement.execute("select pg_advisory_lock(7166420316)");
      assertThatThrownBy(() -> apply(STOP)).hasMessageContaining("migration-running");
    }
  }

  private MigrationReport apply(SchemaMigrations.OnFailure onFailure) {
    return SchemaMigrations.apply(database.as("postgres", ""), folder, onFailure, events::add);
  }

  private void file(String name, String sql) throws IOException {
    Files.writeString(folder.resolve(name), sql);
  }

  private static String caught(Runnable work) {
    try {
      work.run();
      return "";
    } catch (ProblemException e) {
      return e.getMessage() + e.problem();
    }
  }

  private String value(String query) throws SQLException {
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }
}
