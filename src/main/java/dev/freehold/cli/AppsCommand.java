package dev.freehold.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `freehold apps`.
@Command(name = "apps", header = "List the apps, what is live of each, and where.")
final class AppsCommand implements Runnable {
  @Mixin Common common = new Common();

  @Override
  public void run() {
    var answer = common.server().get("/v1/apps");
    if (common.printedAsJson(answer)) {
      return;
    }
    var rows = new ArrayList<List<String>>();
    for (var row : answer.path("apps")) {
      rows.add(
          List.of(
              row.path("app").asString(),
              row.path("environment").asString(),
              live(row.path("live").asInt()),
              Common.time(row.path("released_at").asString()),
              row.path("address").asString()));
    }
    if (rows.isEmpty()) {
      common.terminal().say("No app yet. Deploy one: freehold deploy PATH");
    } else {
      common.terminal().table(List.of("APP", "ENVIRONMENT", "LIVE", "RELEASED", "ADDRESS"), rows);
    }
  }

  static String live(int number) {
    return number == 0 ? "–" : "v" + number;
  }
}
