package dev.freehold.target;

import dev.freehold.app.Environment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What an owner sees and does of an Environment's scheduled jobs.
public interface ScheduledJobs {
  /// One job.
  ///
  /// @param name empty for a job without one
  /// @param last its newest run
  record Job(
      long id,
      String name,
      String schedule,
      String command,
      String user,
      boolean active,
      Optional<Run> last) {}

  /// One run of a job.
  ///
  /// @param status `starting`, `running`, `succeeded` or `failed`
  /// @param message what the last statement did, or why it failed
  record Run(
      long id,
      long jobId,
      String jobName,
      String status,
      String message,
      Optional<Instant> began,
      Optional<Instant> ended) {}

  List<Job> jobs(Environment environment);

  /// The newest runs first.
  ///
  /// @param job a job's name or number; empty for the runs of all
  /// @throws dev.freehold.problem.ProblemException `cron-job-not-found`
  List<Run> runs(Environment environment, String job, int most);

  /// Runs a job now, beside its schedule.
  ///
  /// @return the run's number
  /// @throws dev.freehold.problem.ProblemException `cron-job-not-found`, `cron-job-running`
  long runNow(Environment environment, String job);
}
