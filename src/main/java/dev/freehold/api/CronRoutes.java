package dev.freehold.api;

import dev.freehold.http.Response;
import dev.freehold.target.ScheduledJobs;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What the control API does with an environment's scheduled jobs.
final class CronRoutes {
  private static final int RUNS_SHOWN = 20;

  private final ScheduledJobs jobs;
  private final Desk desk;

  CronRoutes(ScheduledJobs jobs, Desk desk) {
    this.jobs = jobs;
    this.desk = desk;
  }

  void mount(Routes routes) {
    var path = "/v1/apps/{app}/{environment}/cron";
    routes
        .on("GET", path + "/jobs", this::list)
        .on("GET", path + "/runs", this::runs)
        .on("POST", path + "/jobs/{job}/run", this::run);
  }

  private Response list(Routes.Call call) {
    var all = jobs.jobs(desk.environment(call)).stream().map(CronRoutes::facts);
    return desk.ok(Map.of("jobs", all.toList()));
  }

  private Response runs(Routes.Call call) {
    var all =
        jobs
            .runs(desk.environment(call), call.query("job", ""), call.count("most", RUNS_SHOWN))
            .stream()
            .map(CronRoutes::facts);
    return desk.ok(Map.of("runs", all.toList()));
  }

  private Response run(Routes.Call call) {
    var environment = desk.environment(call);
    var job = call.path("job");
    long run = jobs.runNow(environment, job);
    desk.record(call, environment, "cron run", job);
    return desk.ok(Map.of("run", run));
  }

  private static Map<String, Object> facts(ScheduledJobs.Job job) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("id", job.id());
    facts.put("name", job.name());
    facts.put("schedule", job.schedule());
    facts.put("command", job.command());
    facts.put("user", job.user());
    facts.put("active", job.active());
    job.last().ifPresent(last -> facts.put("last_run", facts(last)));
    return facts;
  }

  private static Map<String, Object> facts(ScheduledJobs.Run run) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("run", run.id());
    facts.put("job_id", run.jobId());
    facts.put("job", run.jobName());
    facts.put("status", run.status());
    facts.put("message", run.message());
    put(facts, "began_at", run.began());
    put(facts, "ended_at", run.ended());
    return facts;
  }

  private static void put(Map<String, Object> facts, String name, Optional<Instant> time) {
    time.ifPresent(at -> facts.put(name, at.toString()));
  }
}
