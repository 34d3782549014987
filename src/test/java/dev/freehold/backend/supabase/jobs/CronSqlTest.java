package dev.freehold.backend.supabase.jobs;

import static dev.freehold.backend.supabase.jobs.JobsFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What SQL sees of pg_cron.
class CronSqlTest {
  private static final String ALL =
      "select jobname, schedule, command, username, active from cron.job order by jobid";
  private Database database;
  private Database owner;

  @BeforeEach
  void prepare() {
    database = JobsFixture.prepared();
    owner = database.as("postgres", "p1");
  }

  @Test
  void schedulingByTheSameNameChangesTheJobAndLeavesItOffWhenItWas() {
    rows(owner, "select cron.schedule('a', '* * * * *', 'select 1')");
    rows(owner, "select cron.alter_job(jobid, active := false) from cron.job");
    assertThat(rows(owner, "select cron.schedule('a', '0 1 * * *', 'select 2')"))
        .containsExactly("1");
    assertThat(rows(owner, "select cron.schedule('0 2 * * *', 'select 3')")).hasSize(1);
    assertThat(rows(owner, ALL))
        .containsExactly("a|0 1 * * *|select 2|postgres|f", "null|0 2 * * *|select 3|postgres|t");
    assertThat(
            rows(
                owner,
                "select nodename, nodeport > 0, database = current_database()"
                    + " from cron.job limit 1"))
        .containsExactly("localhost|t|t");
    assertThat(rows(owner, "select cron.unschedule('a')")).containsExactly("t");
    assertThat(rows(owner, "select cron.unschedule(jobid) from cron.job")).containsExactly("t");
  }

  @Test
  void whatPgCronRefusesIsRefusedInItsWords() {
    refused("select cron.schedule('a', 'often', 'x')", "invalid schedule: often", "22023");
    refused("select cron.schedule(null, '@daily', 'x')", "job_name can not be NULL", "XX000");
    refused("select cron.schedule('a', null, 'x')", "schedule can not be NULL", "XX000");
    refused("select cron.schedule('a', '@daily', null)", "command can not be NULL", "XX000");
    refused("select cron.unschedule('a')", "could not find valid entry for job 'a'", "XX000");
    refused("select cron.unschedule(42)", "could not find valid entry for job 42", "XX000");
    refused("select cron.alter_job(42)", "no updates specified", "XX000");
    refused(
        "select cron.alter_job(42, active := true)",
        "Job 42 does not exist or you don't own it",
        "XX000");
    refused(
        "select cron.schedule_in_database('a', '@daily', 'x', 'nowhere')",
        "database \"nowhere\" does not exist",
        "3D000");
    refused(
        "select cron.schedule_in_database('a', '@daily', 'x', current_database(), 'anon')",
        "must be superuser to create a job for another role",
        "XX000");
    refused(
        "select cron.alter_job(1, username := 'anon')",
        "must be superuser to alter username",
        "XX000");
    assertThatThrownBy(() ->
            rows(
                database,
                "select cron.schedule_in_database('a', '@daily', 'x', current_database(),"
                    + " 'anon')"))
        .hasMessageContaining("role \"anon\" can not log in");
    assertThat(rows(owner, "select cron.schedule(null, 'x')")).containsExactly("null");
  }

  @Test
  void nobodyMakesOrChangesAJobThatRunsAsSomebodyElse() {
    rows(
        database,
        "select cron.schedule_in_database('theirs', '@daily', 'select 1', current_database(),"
            + " 'supabase_admin')");
    refused("select cron.unschedule('theirs')", "could not find valid entry", "XX000");
    refused("select cron.unschedule(1)", "permission denied for table job", "42501");
    refused("select cron.alter_job(1, command := 'x')", "does not exist or you don't own", "XX000");
    refused(
        "update cron.job set username = 'postgres'", "permission denied for table job", "42501");
    refused(
        "insert into cron.job (schedule, command, username)"
            + " values ('@daily', 'x', 'supabase_admin')",
        "must be superuser",
        "XX000");
    rows(owner, "select cron.schedule('ours', '@daily', 'select 1')");
    refused(
        "update cron.job set username = 'supabase_admin' where jobname = 'ours'",
        "must be superuser",
        "XX000");
    for (var role : List.of("anon", "authenticated", "service_role")) {
      refused("set role " + role + "; select cron.schedule('@daily', 'x')", "denied", "42501");
      refused("set role " + role + "; select * from cron.job_run_details", "denied", "42501");
    }
    for (var table : List.of("cron_clock", "cron_due", "cron_running", "cron_change")) {
      refused("delete from freehold." + table, "permission denied", "42501");
    }
  }

  @Test
  void aFunctionOfTheOwnerSchedulesForTheOwnerWhoeverCallsIt() {
    rows(
        owner,
        """
        create function public.nightly() returns bigint language sql security definer as
          $$ select cron.schedule('by function', '@daily', 'select 1') $$;
        set role anon;
        select public.nightly();
        """);
    assertThat(rows(owner, ALL)).containsExactly("by function|@daily|select 1|postgres|t");
  }

  @Test
  void aRollbackUndoesWhatSchemaMigrationsDidAndNothingElse() {
    migrate(
        "select cron.schedule('kept', '@daily', 'one'), cron.schedule('dropped', '@daily', 'x')");
    try (var pool = Pool.open(database, new PoolLimits(1, Duration.ofSeconds(10)))) {
      var book = new CronBook(pool);
      assertThat(book.release(1)).isEmpty();
      var first = rows(owner, ALL);
      migrate(
          "select cron.schedule('kept', '@hourly', 'two'), cron.unschedule('dropped'),"
              + " cron.schedule('added', '@daily', 'new')");
      assertThat(book.release(2)).isEmpty();
      rows(owner, "select cron.schedule('by hand', '@daily', 'mine')");
      var second = rows(owner, ALL);

      assertThat(book.release(1)).isEmpty();
      assertThat(rows(owner, ALL))
          .containsAll(first)
          .hasSize(3)
          .doesNotContainAnyElementsOf(List.of("added|@daily|new|postgres|t"));
      assertThat(book.release(1)).isEmpty();
      assertThat(book.release(2)).isEmpty();
      assertThat(rows(owner, ALL)).containsExactlyInAnyOrderElementsOf(second);

      rows(owner, "select cron.schedule('kept', '@weekly', 'changed by hand')");
      assertThat(book.release(1)).containsExactly("kept");
      assertThat(rows(owner, ALL))
          .contains("kept|@weekly|changed by hand|postgres|t", "dropped|@daily|x|postgres|t");
      assertThat(book.release(3)).containsExactly("kept");
    }
  }

  private void migrate(String sql) {
    rows(owner, "set application_name = 'freehold schema migrations'; " + sql);
  }

  private void refused(String sql, String message, String state) {
    assertThatThrownBy(() -> rows(owner, sql))
        .as(sql)
        .hasMessageContaining(message)
        .hasMessageEndingWith(state);
  }
}
