package dev.freehold.backend.supabase.jobs;

/// One row of `cron.job`.
///
/// @param name empty for a job without one
/// @param database where it runs
/// @param user as whom it runs
public record CronJob(
    long id,
    String name,
    String schedule,
    String command,
    String database,
    String user,
    boolean active) {
  /// What people call it.
  public String label() {
    return name.isEmpty() ? "job " + id : name;
  }
}
