package dev.freehold.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `freehold logs`.
@Command(
    name = "logs",
    header = "Show an app's log: its builds, its own output, the requests it got.",
    footer = {
      "Examples:",
      "  freehold logs -f",
      "  freehold logs --app shop --source app,request -n 50",
      "  freehold logs --function send-mail --call 1f0c22ab"
    })
final class LogsCommand implements Runnable {
  @Mixin Common common = new Common();
  @Mixin AppWord choice = new AppWord();

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with new lines as they come.")
  boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "How many earlier lines (default: 200).")
  int lines = 200;

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      description =
          "Only build, app, request, function, database, deploy or jobs; several with commas.")
  @Nullable String source;

  @Option(
      names = "--function",
      paramLabel = "NAME",
      description = "Only of that edge function: its own lines and its calls.")
  @Nullable String function;

  @Option(
      names = "--call",
      paramLabel = "ID",
      description = "Only of that call of a function: the first part of its sb-request-id.")
  @Nullable String call;

  @Option(names = "--release", paramLabel = "N", description = "Only of that release.")
  int release;

  private boolean shown;

  @Override
  public void run() {
    var server = common.server();
    server.lines(
        choice.path(server)
            + "/logs?most="
            + lines
            + "&follow="
            + follow
            + "&release="
            + release
            + (sources().isEmpty() ? "" : "&source=" + AppChoice.encoded(sources())),
        this::show);
    if (!shown) {
      common.terminal().progress("No log line fits.");
    }
  }

  private String sources() {
    if (function != null) {
      return "function/" + function;
    }
    return source == null ? "" : source;
  }

  private void show(JsonNode line) {
    if (call != null && !line.path("text").asString().startsWith("[" + call)) {
      return;
    }
    shown = true;
    if (common.json) {
      common.terminal().say(line.toString());
      return;
    }
    common
        .terminal()
        .say(
            String.format(
                "%s %-8s %-4s %s",
                Common.time(line.path("at").asString()),
                line.path("source").asString(),
                line.path("release").asInt() == 0 ? "" : "v" + line.path("release").asInt(),
                line.path("text").asString()));
  }
}
