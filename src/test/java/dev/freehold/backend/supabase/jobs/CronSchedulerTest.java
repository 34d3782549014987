package dev.freehold.backend.supabase.jobs;

import static dev.freehold.backend.supabase.jobs.JobsFixture.awaited;
import static dev.freehold.backend.supabase.jobs.JobsFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.telemetry.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The scheduler stepped by hand on a real database.
class CronSchedulerTest {
  private static final Instant NOON = Instant.parse("2026-03-03T12:00:00Z");
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private Database database;
  private Database owner;
  private Pool pool;
  private CronScheduler scheduler;

  @BeforeEach
  void prepare() {
    database = JobsFixture.prepared();
    owner = database.as("postgres", "p1");
    pool = Pool.open(database, new PoolLimits(3, Duration.ofSeconds(10)));
    scheduler = scheduler();
    rows(owner, "create table public.ran (what text, at timestamptz default clock_timestamp())");
    scheduler.step(NOON);
  }

  @AfterEach
  void close() {
    scheduler.end(Duration.ofSeconds(5));
    pool.close();
  }

  private CronScheduler scheduler() {
    return new CronScheduler(
        new CronBook(pool),
        JobsFixture.logins(database),
        () -> OldProject.none("http://app.localhost"),
        Clock.systemUTC(),
        new JobLog(events::add, Clock.systemUTC(), "shop/production"),
        () -> {});
  }

  @Test
  void aJobRunsOnceAMinuteItIsDue() {
    schedule("tick", "* * * * *", "insert into public.ran values ('tick')");
    scheduler.step(NOON.plusSeconds(61));
    settle();
    scheduler.step(NOON.plusSeconds(62));
    scheduler.step(NOON.plusSeconds(119));
    settle();
    assertThat(rows(owner, "select what from public.ran")).containsExactly("tick");
    assertThat(
            rows(
                owner,
                """
                select status, return_message, username, command, job_pid > 0,
                  end_time >= start_time
                from cron.job_run_details
                """))
        .containsExactly(
            "succeeded|INSERT 0 1|postgres|insert into public.ran values ('tick')|t|t");
    scheduler.step(NOON.plusSeconds(121));
    settle();
    assertThat(rows(owner, "select count(*) from public.ran")).containsExactly("2");
  }

  @Test
  void theHistorySaysHowItEndedInTheServersWords() {
    schedule("rows", "* * * * *", "select 1");
    schedule("more", "* * * * *", "select generate_series(1, 3)");
    schedule("both", "* * * * *", "insert into public.ran values ('a'); select 1 / 0");
    schedule("alone", "* * * * *", "vacuum public.ran");
    schedule("copy", "* * * * *", "copy public.ran to stdout");
    schedule("empty", "* * * * *", "");
    step();
    assertThat(
            rows(
                owner,
                """
                select jobname, status, return_message
                from cron.job_run_details join cron.job using (jobid) order by jobid
                """))
        .containsExactly(
            "rows|succeeded|1 row",
            "more|succeeded|3 rows",
            "both|failed|ERROR:  division by zero\n",
            "alone|succeeded|VACUUM",
            "copy|failed|COPY not supported",
            "empty|succeeded|0 rows");
    assertThat(rows(owner, "select count(*) from public.ran")).containsExactly("0");
    assertThat(events.toString()).contains("cron both failed: ERROR:  division by zero");
  }

  @Test
  void aBusyJobDoesNotPushOutThePastOfOthers() {
    schedule("daily", "0 0 * * *", "select 1");
    schedule("busy", "5 seconds", "select 1");
    schedule("gone", "* * * * *", "select 1");
    runs("gone", 20);
    runs("daily", CronBook.RUNS_OF_EACH_KEPT + 20);
    runs("busy", CronBook.RUNS_KEPT + 30);
    rows(owner, "select cron.unschedule('gone')");
    new CronBook(pool).trim();
    assertThat(
            rows(
                owner,
                """
                select coalesce(jobname, 'gone'), count(*), max(runid) - min(runid) + 1 = count(*)
                from cron.job_run_details left join cron.job using (jobid) group by 1 order by 1
                """))
        .containsExactly(
            "busy|" + CronBook.RUNS_KEPT + "|t", "daily|" + CronBook.RUNS_OF_EACH_KEPT + "|t");
  }

  /// Makes rows of runs that ended.
  private void runs(String job, int number) {
    rows(
        database,
        """
        insert into cron.job_run_details (jobid, database, username, command, status)
        select jobid, 'app', 'postgres', 'select 1', 'succeeded'
        from cron.job, generate_series(1, %d) where jobname = '%s' order by 1
        """
            .formatted(number, job));
  }

  @Test
  void itRunsAsTheJobsRoleInItsTimeZone() {
    schedule(
        "who",
        "* * * * *",
        "insert into public.ran select session_user || ' '"
            + " || current_setting('timezone') || ' ' || current_setting('search_path')");
    step();
    assertThat(rows(owner, "select what from public.ran"))
        .containsExactly("postgres UTC \"$user\", public, extensions");
  }

  @Test
  void aJobOfARoleWhoseLoginWeDoNotHoldFails() {
    rows(
        database,
        "select cron.schedule_in_database('power', '* * * * *', 'select 1', current_database(),"
            + " 'supabase_admin')");
    step();
    assertThat(rows(database, "select status, return_message from cron.job_run_details").toString())
        .contains("failed|connection failed", "no login of role \"supabase_admin\"");
  }

  @Test
  void aJobNeverRunsBesideItself() {
    schedule("slow", "* * * * *", "insert into public.ran values ('in'); select pg_sleep(1)");
    scheduler.step(NOON.plusSeconds(60));
    scheduler.step(NOON.plusSeconds(120));
    scheduler.step(NOON.plusSeconds(180));
    assertThat(scheduler.runs()).isEqualTo(1);
    assertThat(rows(database, "select count(*) from freehold.cron_due")).containsExactly("2");
    settle();
    scheduler.step(NOON.plusSeconds(181));
    settle();
    scheduler.step(NOON.plusSeconds(182));
    settle();
    assertThat(rows(owner, "select count(*) from public.ran")).containsExactly("3");
  }

  @Test
  void aBoundedNumberRunsAtOnce() {
    for (int i = 0; i < CronScheduler.MAX_RUNNING + 4; i++) {
      schedule("slow" + i, "* * * * *", "select pg_sleep(0.5)");
    }
    scheduler.step(NOON.plusSeconds(60));
    assertThat(scheduler.runs()).isEqualTo(CronScheduler.MAX_RUNNING);
    settle();
    scheduler.step(NOON.plusSeconds(61));
    settle();
    assertThat(rows(owner, "select count(*) from cron.job_run_details where status = 'succeeded'"))
        .containsExactly(Integer.toString(CronScheduler.MAX_RUNNING + 4));
  }

  @Test
  void aJobInSecondsCountsFromItsLastBeginning() {
    rows(owner, "select cron.schedule('often', '10 seconds', 'insert into ran values (1)')");
    scheduler.step(NOON.plusSeconds(1));
    settle();
    var next = scheduler.step(NOON.plusSeconds(2));
    assertThat(next).contains(NOON.plusSeconds(11));
    settle();
    assertThat(rows(owner, "select count(*) from ran")).containsExactly("0");
    scheduler.step(NOON.plusSeconds(11));
    settle();
    scheduler.step(NOON.plusSeconds(20));
    settle();
    assertThat(rows(owner, "select count(*) from ran")).containsExactly("1");
    scheduler.step(NOON.plusSeconds(50));
    settle();
    scheduler.step(NOON.plusSeconds(51));
    settle();
    assertThat(rows(owner, "select count(*) from ran")).containsExactly("2");
  }

  @Test
  void aJobThatIsTakenAwayWhileItRunsIsStopped() {
    schedule("slow", "* * * * *", "select pg_sleep(60)");
    scheduler.step(NOON.plusSeconds(60));
    awaited(database, "select status from cron.job_run_details", "running");
    rows(owner, "select cron.unschedule('slow')");
    scheduler.step(NOON.plusSeconds(61));
    settle();
    assertThat(rows(database, "select status, return_message from cron.job_run_details"))
        .containsExactly("failed|job canceled");
    assertThat(rows(database, "select count(*) from freehold.cron_running")).containsExactly("0");
  }

  @Test
  void aJobThatIsSwitchedOffDoesNotRun() {
    schedule("off", "* * * * *", "insert into public.ran values ('off')");
    rows(owner, "select cron.alter_job(jobid, active := false) from cron.job");
    step();
    assertThat(rows(owner, "select count(*) from cron.job_run_details")).containsExactly("0");
  }

  @Test
  void afterARestartAClaimThatWasNotSentIsDueAgainAndARunThatWasIsNot() {
    schedule("claimed", "* * * * *", "insert into public.ran values ('claimed')");
    schedule("sent", "* * * * *", "insert into public.ran values ('sent')");
    var book = new CronBook(pool);
    book.tick(NOON.plusSeconds(60));
    var claims = book.claim(8, NOON.plusSeconds(60));
    assertThat(claims).hasSize(2);
    book.running(claims.get(1).runId(), 1, NOON.plusSeconds(60));

    var next = scheduler();
    next.recover(NOON.plusSeconds(70));
    next.step(NOON.plusSeconds(71));
    awaited(database, "select count(*) from public.ran", "1");
    next.end(Duration.ofSeconds(5));
    assertThat(rows(owner, "select what from public.ran")).containsExactly("claimed");
    assertThat(
            rows(
                owner,
                """
                select jobname, status, return_message
                from cron.job_run_details join cron.job using (jobid) order by jobid
                """))
        .containsExactly(
            "claimed|succeeded|INSERT 0 1",
            "sent|failed|server restarted: whether it came to its end is not known");
    assertThat(events.toString()).contains("was cut off by a restart");
  }

  @Test
  void whatBecameDueMeanwhileIsCaughtUpOnce() {
    schedule("fixed", "2 12 * * *", "insert into public.ran values ('fixed')");
    var next = scheduler();
    next.recover(NOON.plusSeconds(1800));
    next.step(NOON.plusSeconds(1800));
    next.step(NOON.plusSeconds(1801));
    awaited(database, "select count(*) from public.ran", "1");
    next.end(Duration.ofSeconds(5));
    next.step(NOON.plusSeconds(1900));
    next.end(Duration.ofSeconds(5));
    assertThat(rows(owner, "select count(*) from public.ran")).containsExactly("1");
  }

  @Test
  void atStartMeansTheStartOfPostgres() {
    rows(owner, "select cron.schedule('boot', '@reboot', 'insert into ran values (1)')");
    step();
    assertThat(rows(owner, "select count(*) from ran")).containsExactly("0");
    rows(
        database,
        "update freehold.cron_clock set server_start = server_start - interval '1 second'");
    scheduler.step(NOON.plusSeconds(120));
    settle();
    scheduler.step(NOON.plusSeconds(180));
    settle();
    assertThat(rows(owner, "select count(*) from ran")).containsExactly("1");
  }

  @Test
  void theOwnerMayRunAJobNow() {
    schedule("yearly", "@yearly", "insert into public.ran values ('now')");
    var job = new CronBook(pool).jobs().getFirst();
    assertThat(scheduler.runNow(job)).isPresent();
    settle();
    var runs = new CronBook(pool).runs(job.id(), 10);
    assertThat(runs).hasSize(1);
    assertThat(runs.getFirst().status()).isEqualTo("succeeded");
    assertThat(runs.getFirst().jobName()).isEqualTo("yearly");
  }

  private void schedule(String name, String schedule, String command) {
    rows(
        owner, "select cron.schedule('%s', '%s', $job$%s$job$)".formatted(name, schedule, command));
  }

  private void step() {
    scheduler.step(NOON.plusSeconds(60));
    settle();
  }

  private void settle() {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (scheduler.runs() > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(scheduler.runs()).isZero();
  }
}
