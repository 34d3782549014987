package dev.freehold.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `freehold cron`.
@Command(
    name = "cron",
    header = "The scheduled jobs of an app.",
    description =
        "The app's own SQL makes them by cron.schedule, in its schema migrations or later."
            + " Times are UTC.",
    subcommands = {CronCommand.ListAll.class, CronCommand.Runs.class, CronCommand.Run.class})
final class CronCommand {
  private static final int SHOWN_CHARS = 70;

  /// `freehold cron list`.
  @Command(name = "list", header = "List the jobs, and how each ended last.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/cron/jobs");
      common.list(
          answer,
          "jobs",
          List.of("ID", "NAME", "SCHEDULE", "", "LAST RUN", "AT"),
          ListAll::cells,
          "The app has no scheduled job: select cron.schedule(…) makes one.");
    }

    private static List<String> cells(JsonNode job) {
      var last = job.path("last_run");
      return List.of(
          job.path("id").asString(),
          job.path("name").asString(""),
          job.path("schedule").asString(),
          job.path("active").asBoolean() ? "on" : "off",
          last.path("status").asString("never ran"),
          last.path("began_at").asString(""));
    }
  }

  /// `freehold cron runs`.
  @Command(
      name = "runs",
      header = "List the newest runs, of one job or of all.",
      footer = {"Example:", "  freehold cron runs nightly --most 5"})
  static final class Runs implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(
        paramLabel = "JOB",
        arity = "0..1",
        description = "The job's name or number; all jobs without it.")
    String job = "";

    @Option(
        names = "--most",
        paramLabel = "N",
        description = "How many, at most 1000; 20 unless said.")
    int most = 20;

    @Override
    public void run() {
      var server = common.server();
      var answer =
          server.get(
              "%s/cron/runs?most=%d&job=%s"
                  .formatted(choice.path(server), most, AppChoice.encoded(job)));
      common.list(
          answer,
          "runs",
          List.of("RUN", "JOB", "STATUS", "AT", "MESSAGE"),
          run ->
              List.of(
                  run.path("run").asString(),
                  name(run),
                  run.path("status").asString(),
                  run.path("began_at").asString(""),
                  firstLine(run.path("message").asString(""))),
          "Nothing has run yet.");
    }

    private static String name(JsonNode run) {
      var name = run.path("job").asString("");
      return name.isEmpty() ? run.path("job_id").asString() : name;
    }

    private static String firstLine(String text) {
      var line = text.lines().findFirst().orElse("");
      return line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS - 1) + "…" : line;
    }
  }

  /// `freehold cron run`.
  @Command(
      name = "run",
      header = "Run a job now, beside its schedule.",
      footer = {"Example:", "  freehold cron run nightly"})
  static final class Run implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(paramLabel = "JOB", description = "The job's name or number.")
    String job = "";

    @Override
    public void run() {
      var server = common.server();
      var path = choice.path(server) + "/cron/jobs/" + AppChoice.encoded(job) + "/run";
      var answer = server.post(path, Map.of());
      if (!common.printedAsJson(answer)) {
        common
            .terminal()
            .say(
                job
                    + " began as run "
                    + answer.path("run").asString()
                    + ". How it ended: freehold cron runs "
                    + job);
      }
    }
  }
}
