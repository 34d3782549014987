package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.jobs.CronJob;
import dev.freehold.backend.supabase.jobs.CronRun;
import dev.freehold.backend.supabase.jobs.Jobs;
import dev.freehold.postgres.PostgresException;
import dev.freehold.problem.Problem;
import dev.freehold.target.ScheduledJobs;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The scheduled jobs of Environments, as their databases hold them.
final class EnvironmentJobs implements ScheduledJobs {
  private static final int MOST_RUNS = 1_000;

  private final Function<Environment, Jobs> jobs;

  EnvironmentJobs(Function<Environment, Jobs> jobs) {
    this.jobs = jobs;
  }

  @Override
  public List<Job> jobs(Environment environment) {
    var all = jobs.apply(environment);
    return asked(
        environment,
        () ->
            all.jobs().stream()
                .map(job ->
                    new Job(
                        job.id(),
                        job.name(),
                        job.schedule(),
                        job.command(),
                        job.user(),
                        job.active(),
                        all.runs(job.id(), 1).stream().findFirst().map(EnvironmentJobs::run)))
                .toList());
  }

  @Override
  public List<Run> runs(Environment environment, String job, int most) {
    var all = jobs.apply(environment);
    return asked(
        environment,
        () -> {
          long id = job.isEmpty() ? 0 : named(environment, all, job).id();
          return all.runs(id, Math.min(most, MOST_RUNS)).stream()
              .map(EnvironmentJobs::run)
              .toList();
        });
  }

  @Override
  public long runNow(Environment environment, String job) {
    var all = jobs.apply(environment);
    var found = asked(environment, () -> named(environment, all, job));
    return asked(environment, () -> all.runNow(found))
        .orElseThrow(() ->
            Problem.of("cron-job-running", found.label() + " runs already")
                .hint("a job never runs beside itself; freehold cron runs " + job + " shows it")
                .raise());
  }

  private static CronJob named(Environment environment, Jobs all, String name) {
    return all.jobs().stream()
        .filter(job -> job.name().equals(name) || Long.toString(job.id()).equals(name))
        .findFirst()
        .or(Optional::empty)
        .orElseThrow(() ->
            Problem.of("cron-job-not-found", environment.id() + " has no scheduled job " + name)
                .hint("freehold cron list --app " + environment.app() + " shows what there is")
                .raise());
  }

  private static Run run(CronRun run) {
    return new Run(
        run.id(),
        run.jobId(),
        run.jobName(),
        run.status(),
        run.message(),
        run.began(),
        run.ended());
  }

  private static <T> T asked(Environment environment, Supplier<T> question) {
    try {
      return question.get();
    } catch (PostgresException e) {
      throw Problem.of("database-unreachable", "the database of " + environment.id() + " is away")
          .detail(String.valueOf(e.getMessage()))
          .raise(e);
    }
  }
}
