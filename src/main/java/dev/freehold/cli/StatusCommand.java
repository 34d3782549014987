package dev.freehold.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// `freehold status`.
@Command(
    name = "status",
    header = "Say whether the server runs, what is live, and what was done last.")
final class StatusCommand implements Runnable {
  private static final long MEGABYTE = 1 << 20;

  @Mixin Common common = new Common();

  @Override
  public void run() {
    var client = common.client();
    if (!client.serverAnswers()) {
      common
          .terminal()
          .say(
              common.json
                  ? "{\"running\":false}"
                  : "Freehold is not running here. Start it: freehold up");
      return;
    }
    var status = client.get("/v1/status");
    if (common.printedAsJson(status)) {
      return;
    }
    var terminal = common.terminal();
    terminal.say(
        "Freehold "
            + status.path("version").asString()
            + " at "
            + status.path("address").asString()
            + ", up for "
            + lasting(Duration.ofSeconds(status.path("uptime_seconds").asLong()))
            + ", "
            + status.path("rss_bytes").asLong() / MEGABYTE
            + " MB with "
            + status.path("children_rss_bytes").asLong() / MEGABYTE
            + " MB of databases and apps");
    var rows = new ArrayList<List<String>>();
    for (var row : status.path("environments")) {
      rows.add(
          List.of(
              row.path("app").asString() + "/" + row.path("environment").asString(),
              AppsCommand.live(row.path("live").asInt()),
              row.path("address").asString()));
    }
    if (!rows.isEmpty()) {
      terminal.say("");
      terminal.table(List.of("ENVIRONMENT", "LIVE", "ADDRESS"), rows);
    }
    warn(terminal, status);
    var operations = new ArrayList<List<String>>();
    for (var row : status.path("operations")) {
      operations.add(
          List.of(
              Common.time(row.path("started_at").asString()),
              row.path("kind").asString(),
              row.path("environment").asString(),
              row.path("state").asString(),
              row.path("by").asString(),
              row.path("problem").asString("")));
    }
    if (!operations.isEmpty()) {
      terminal.say("");
      terminal.table(
          List.of("WHEN", "OPERATION", "ENVIRONMENT", "STATE", "BY", "PROBLEM"), operations);
    }
  }

  private static void warn(Terminal terminal, JsonNode status) {
    if (status.hasNonNull("network_warning")) {
      terminal.progress(status.path("network_warning").asString());
    }
    var silent = new ArrayList<String>();
    for (var row : status.path("environments")) {
      if (!row.path("mail_leaves_this_machine").asBoolean(true)) {
        silent.add(row.path("app").asString());
      }
    }
    if (!silent.isEmpty()) {
      terminal.progress(
          "No mail leaves this machine for "
              + String.join(", ", silent)
              + ". Read it: freehold mail list. Send it: freehold auth smtp set");
    }
  }

  /// As a person says it: the largest unit, and the next one below.
  static String lasting(Duration time) {
    if (time.toDays() > 0) {
      return time.toDays() + " d " + time.toHoursPart() + " h";
    }
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }
}
