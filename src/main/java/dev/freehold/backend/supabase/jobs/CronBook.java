package dev.freehold.backend.supabase.jobs;

import dev.freehold.postgres.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The scheduler's books, kept in the App's own database, so that a backup of it holds them too.
///
/// A run goes through them in four committed steps, and a crash between any two has one outcome:
///
/// 1. *due*: a row in `freehold.cron_due`, by job and minute, in the transaction that moves the
///    clock on. Lost with it or kept with it: never twice.
/// 2. *claimed*: the row moves to `freehold.cron_running`, its run is `starting`. Nothing was sent
///    yet: after a crash it is due again.
/// 3. *running*: written before the command is sent. After a crash it may have run: it is `failed`,
///    its server process is stopped, and it is not run again.
/// 4. *over*: `succeeded` or `failed`, and the claim is gone.
final class CronBook {
  /// Runs of one job that wait because the one before still goes on. More are not counted.
  static final int MAX_WAITING_RUNS = 60;

  /// Rows kept in `cron.job_run_details`, of all jobs together.
  static final int RUNS_KEPT = 50_000;

  /// Rows that every job keeps in any case, so that one of every second leaves a daily one its
  /// past.
  static final int RUNS_OF_EACH_KEPT = 100;

  static final int MAX_MESSAGE_CHARS = 8_192;

  /// What a run's connection is called on the server.
  static final String PROCESS = "pg_cron run ";

  private static final String CLOCK =
      """
      select last_minute, server_start, pg_postmaster_start_time()
      from freehold.cron_clock for update
      """;
  private static final String JOBS =
      """
      select jobid, coalesce(jobname, ''), schedule, command, database, username, active
      from cron.job order by jobid
      """;
  private static final String INTERVALS = "select jobid, began from freehold.cron_interval";
  private static final String DUE =
      """
      insert into freehold.cron_due (jobid, due_at)
      select ?, ?::timestamptz where (select count(*) from freehold.cron_due where jobid = ?) < ?
      on conflict do nothing
      """;
  private static final String INTERVAL_DUE =
      """
      insert into freehold.cron_due (jobid, due_at)
      select ?, ?::timestamptz where not exists (select from freehold.cron_due where jobid = ?)
      """;
  private static final String INTERVAL_BEGAN =
      """
      insert into freehold.cron_interval (jobid, began) values (?, ?)
      on conflict (jobid) do update set began = excluded.began
      """;
  private static final String DROP_INACTIVE =
      """
      delete from freehold.cron_due d using cron.job j where j.jobid = d.jobid and not j.active
      """;
  private static final String SET_CLOCK =
      """
      update freehold.cron_clock set last_minute = v.minute, server_start = v.start
      from (values (?::timestamptz, ?::timestamptz)) as v (minute, start)
      where (last_minute, server_start) is distinct from (v.minute, v.start)
      """;
  private static final String CLAIMABLE =
      """
      select j.jobid, coalesce(j.jobname, ''), j.schedule, j.command, j.database, j.username,
        j.active, d.due_at
      from (select distinct on (jobid) jobid, due_at from freehold.cron_due
        order by jobid, due_at) d
      join cron.job j using (jobid)
      where j.active and not exists (
        select from freehold.cron_running r where r.jobid = d.jobid)
      order by d.due_at, d.jobid limit ?
      """;
  private static final String UNDUE =
      "delete from freehold.cron_due where jobid = ? and due_at = ?";
  private static final String START =
      """
      with run as (
        insert into cron.job_run_details (jobid, database, username, command, status)
        values (?, ?, ?, ?, 'starting') returning jobid, runid)
      insert into freehold.cron_running (jobid, runid, due_at)
      select jobid, runid, ?::timestamptz from run returning runid
      """;
  private static final String RUNNING =
      """
      update cron.job_run_details set status = 'running', job_pid = ?, start_time = ?
      where runid = ?
      """;
  private static final String OVER =
      """
      with claim as (delete from freehold.cron_running where runid = ?)
      update cron.job_run_details
      set status = ?, return_message = ?, end_time = ?, start_time = coalesce(start_time, ?)
      where runid = ?
      """;
  private static final String LEFT_OVER =
      """
      select r.runid, r.jobid, r.due_at, coalesce(d.status, ''), (
        select a.pid from pg_stat_activity a
        where a.pid = d.job_pid and a.datname = d.database
          and a.application_name = 'pg_cron run ' || r.runid)
      from freehold.cron_running r left join cron.job_run_details d using (runid)
      """;
  private static final String AGAIN =
      """
      with gone as (delete from freehold.cron_running where runid = ?),
        run as (delete from cron.job_run_details where runid = ?)
      insert into freehold.cron_due (jobid, due_at)
      select j.jobid, ?::timestamptz from cron.job j where j.jobid = ? on conflict do nothing
      """;
  private static final String STOP = "select pg_terminate_backend(?, 5000)";
  private static final String TRIM =
      """
      delete from cron.job_run_details d
      where d.runid <= (select max(runid) from cron.job_run_details) - ?
        and d.status in ('succeeded', 'failed')
        and (not exists (select from cron.job j where j.jobid = d.jobid)
          or d.runid < (
            select k.runid from cron.job_run_details k where k.jobid = d.jobid
            order by k.runid desc offset ? - 1 limit 1))
      """;

  private static final String RUNS =
      """
      select d.runid, coalesce(d.jobid, 0), coalesce(j.jobname, ''), coalesce(d.status, ''),
        coalesce(d.return_message, ''), d.start_time, d.end_time
      from cron.job_run_details d left join cron.job j using (jobid)
      where ? = 0 or d.jobid = ? order by d.runid desc limit ?
      """;

  private final Pool pool;

  /// What a look at the clock found.
  ///
  /// @param jobs all there are
  /// @param began when jobs in seconds began last
  record Look(List<CronJob> jobs, Map<Long, Instant> began) {}

  /// A run that was claimed and is to be started.
  record Claim(long runId, CronJob job, Instant dueAt) {}

  CronBook(Pool pool) {
    this.pool = pool;
  }

  /// Writes down what has become due since the last look, and moves the clock on.
  ///
  /// @return what there is, so that the caller knows when to look again
  Look tick(Instant now) {
    return pool.transaction(connection -> {
      var clock = clock(connection);
      var jobs = jobs(connection);
      var last = clock.lastMinute() == null ? CronClock.minute(now) : clock.lastMinute();
      boolean started =
          clock.serverStart() != null && !clock.serverStart().equals(clock.startedNow());
      var intervals = intervals(connection);
      for (var job : jobs) {
        switch (job.active() ? CronSchedule.parse(job.schedule()).orElse(null) : null) {
          case CronSchedule.Minutes minutes -> {
            for (var at : CronClock.due(minutes, last, now)) {
              run(connection, DUE, job.id(), at, job.id(), MAX_WAITING_RUNS);
            }
          }
          case CronSchedule.Every(var interval) -> every(connection, job, interval, intervals, now);
          case CronSchedule.AtStart _ -> {
            if (started) {
              run(connection, DUE, job.id(), clock.startedNow(), job.id(), MAX_WAITING_RUNS);
            }
          }
          case null -> {}
        }
      }
      run(connection, DROP_INACTIVE);
      run(connection, SET_CLOCK, CronClock.next(last, now), clock.startedNow());
      return new Look(jobs, intervals);
    });
  }

  private static void every(
      Connection connection,
      CronJob job,
      Duration interval,
      Map<Long, Instant> intervals,
      Instant now)
      throws SQLException {
    var began = intervals.get(job.id());
    if (began == null || began.isAfter(now)) {
      run(connection, INTERVAL_BEGAN, job.id(), now);
      intervals.put(job.id(), now);
    } else if (!now.isBefore(began.plus(interval))) {
      run(connection, INTERVAL_DUE, job.id(), now, job.id());
    }
  }

  /// Takes due runs, at most one of each job and none of a job that still runs.
  List<Claim> claim(int most, Instant now) {
    return pool.transaction(connection -> {
      var claims = new ArrayList<Claim>();
      try (var ask = connection.prepareStatement(CLAIMABLE)) {
        ask.setInt(1, most);
        try (var rows = ask.executeQuery()) {
          while (rows.next()) {
            claims.add(new Claim(0, job(rows), rows.getTimestamp(8).toInstant()));
          }
        }
      }
      var started = new ArrayList<Claim>();
      for (var claim : claims) {
        var job = claim.job();
        run(connection, UNDUE, job.id(), claim.dueAt());
        long run = start(connection, job, claim.dueAt());
        if (CronSchedule.parse(job.schedule()).orElse(null) instanceof CronSchedule.Every) {
          run(connection, INTERVAL_BEGAN, job.id(), now);
        }
        started.add(new Claim(run, job, claim.dueAt()));
      }
      return started;
    });
  }

  /// Claims a run that nobody waited for: the owner asked for it. Empty while the job runs.
  Optional<Claim> claimNow(CronJob job, Instant now) {
    return pool.transaction(connection -> {
      try (var ask =
          connection.prepareStatement("select from freehold.cron_running where jobid = ?")) {
        ask.setLong(1, job.id());
        try (var rows = ask.executeQuery()) {
          return rows.next()
              ? Optional.empty()
              : Optional.of(new Claim(start(connection, job, now), job, now));
        }
      }
    });
  }

  private static long start(Connection connection, CronJob job, Instant due) throws SQLException {
    try (var insert = connection.prepareStatement(START)) {
      set(insert, job.id(), job.database(), job.user(), job.command(), due);
      try (var row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /// The command is about to be sent.
  void running(long runId, int pid, Instant now) {
    pool.with(connection -> run(connection, RUNNING, pid, now, runId));
  }

  /// Gives a claim back whose command was never sent.
  void again(Claim claim) {
    pool.with(connection ->
        run(connection, AGAIN, claim.runId(), claim.runId(), claim.dueAt(), claim.job().id()));
  }

  void over(long runId, boolean succeeded, String message, Instant began, Instant now) {
    var kept =
        message.length() > MAX_MESSAGE_CHARS
            ? message.substring(0, MAX_MESSAGE_CHARS - 1) + "…"
            : message;
    pool.with(connection ->
        run(
            connection,
            OVER,
            runId,
            succeeded ? "succeeded" : "failed",
            kept.replace("\0", ""),
            now,
            began,
            runId));
  }

  /// Settles the runs that an earlier server left behind.
  ///
  /// @param mine runs that go on in this process
  /// @return the names of those that were cut off
  List<String> recover(Set<Long> mine, Instant now) {
    return pool.transaction(connection -> {
      var cut = new ArrayList<String>();
      for (var left : leftOver(connection)) {
        if (mine.contains(left.runId())) {
          continue;
        }
        if (left.status().equals("starting")) {
          run(connection, AGAIN, left.runId(), left.runId(), left.dueAt(), left.jobId());
        } else {
          if (left.pid() != null) {
            try (var stop = connection.prepareStatement(STOP)) {
              set(stop, left.pid());
              stop.execute();
            }
          }
          var message =
              left.pid() == null
                  ? "server restarted: whether it came to its end is not known"
                  : "server restarted: it was stopped and rolled back";
          run(connection, OVER, left.runId(), "failed", message, now, now, left.runId());
          cut.add("job " + left.jobId());
        }
      }
      return cut;
    });
  }

  private record LeftOver(
      long runId, long jobId, Instant dueAt, String status, @Nullable Integer pid) {}

  private static List<LeftOver> leftOver(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(LEFT_OVER)) {
      var left = new ArrayList<LeftOver>();
      while (rows.next()) {
        int pid = rows.getInt(5);
        boolean gone = rows.wasNull();
        left.add(
            new LeftOver(
                rows.getLong(1),
                rows.getLong(2),
                rows.getTimestamp(3).toInstant(),
                rows.getString(4),
                gone ? null : pid));
      }
      return left;
    }
  }

  /// Every job.
  List<CronJob> jobs() {
    return pool.with(CronBook::jobs);
  }

  /// The newest runs first.
  ///
  /// @param jobId 0 for those of all jobs
  List<CronRun> runs(long jobId, int most) {
    return pool.with(connection -> {
      try (var ask = connection.prepareStatement(RUNS)) {
        set(ask, jobId, jobId, most);
        try (var rows = ask.executeQuery()) {
          var runs = new ArrayList<CronRun>();
          while (rows.next()) {
            runs.add(
                new CronRun(
                    rows.getLong(1),
                    rows.getLong(2),
                    rows.getString(3),
                    rows.getString(4),
                    rows.getString(5),
                    Optional.ofNullable(instant(rows.getTimestamp(6))),
                    Optional.ofNullable(instant(rows.getTimestamp(7)))));
          }
          return runs;
        }
      }
    });
  }

  /// Undoes and redoes what schema migrations did to jobs, so that they are those of that Release.
  ///
  /// @return the jobs that were left as they are because somebody changed them since
  List<String> release(int number) {
    return pool.transaction(connection -> {
      var left = new ArrayList<String>();
      try (var ask = connection.prepareStatement("select freehold.cron_release(?)")) {
        ask.setInt(1, number);
        try (var rows = ask.executeQuery()) {
          while (rows.next()) {
            left.add(rows.getString(1));
          }
        }
      }
      return left;
    });
  }

  /// Forgets old runs.
  void trim() {
    pool.with(connection -> run(connection, TRIM, RUNS_KEPT, RUNS_OF_EACH_KEPT));
  }

  private record Clock(
      @Nullable Instant lastMinute, @Nullable Instant serverStart, Instant startedNow) {}

  private static Clock clock(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(CLOCK)) {
      if (!row.next()) {
        throw new IllegalStateException("freehold.cron_clock has no row");
      }
      return new Clock(
          instant(row.getTimestamp(1)),
          instant(row.getTimestamp(2)),
          row.getTimestamp(3).toInstant());
    }
  }

  private static List<CronJob> jobs(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(JOBS)) {
      var jobs = new ArrayList<CronJob>();
      while (rows.next()) {
        jobs.add(job(rows));
      }
      return jobs;
    }
  }

  private static CronJob job(java.sql.ResultSet row) throws SQLException {
    return new CronJob(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getBoolean(7));
  }

  private static Map<Long, Instant> intervals(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(INTERVALS)) {
      var intervals = new HashMap<Long, Instant>();
      while (rows.next()) {
        intervals.put(rows.getLong(1), rows.getTimestamp(2).toInstant());
      }
      return intervals;
    }
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }

  private static int run(Connection connection, String sql, Object... values) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      set(statement, values);
      return statement.executeUpdate();
    }
  }

  private static void set(java.sql.PreparedStatement statement, Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(
          i + 1, values[i] instanceof Instant instant ? Timestamp.from(instant) : values[i]);
    }
  }
}
