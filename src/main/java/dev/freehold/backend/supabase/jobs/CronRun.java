package dev.freehold.backend.supabase.jobs;

import java.time.Instant;
import java.util.Optional;

/// One row of `cron.job_run_details`.
///
/// @param jobName empty when the job has none or is gone
/// @param status `starting`, `running`, `succeeded` or `failed`
/// @param message what the last statement did, or why it failed
public record CronRun(
    long id,
    long jobId,
    String jobName,
    String status,
    String message,
    Optional<Instant> began,
    Optional<Instant> ended) {}
