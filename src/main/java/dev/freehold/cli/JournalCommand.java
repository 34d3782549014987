package dev.freehold.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `freehold journal`.
@Command(name = "journal", header = "Show who did what, to which app, and when.")
final class JournalCommand implements Runnable {
  @Mixin Common common = new Common();

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description = "How many entries (default: 50).")
  int lines = 50;

  @Override
  public void run() {
    var answer = common.server().get("/v1/journal?most=" + lines);
    if (common.printedAsJson(answer)) {
      return;
    }
    var rows = new ArrayList<List<String>>();
    for (var row : answer.path("entries")) {
      rows.add(
          List.of(
              Common.time(row.path("at").asString()),
              row.path("by").asString(),
              row.path("environment").asString(),
              row.path("action").asString(),
              row.path("detail").asString()));
    }
    if (rows.isEmpty()) {
      common.terminal().say("Nothing was done yet.");
      return;
    }
    common.terminal().table(List.of("WHEN", "WHO", "ENVIRONMENT", "DID", "DETAIL"), rows);
  }
}
