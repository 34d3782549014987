package dev.freehold.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `freehold releases`.
@Command(name = "releases", header = "List an app's releases, newest first, and which one is live.")
final class ReleasesCommand implements Runnable {
  private static final int DIGEST_CHARS = 12;

  @Mixin Common common = new Common();
  @Mixin AppWord choice = new AppWord();

  @Override
  public void run() {
    var server = common.server();
    var answer = server.get(choice.path(server) + "/releases");
    if (common.printedAsJson(answer)) {
      return;
    }
    var rows = new ArrayList<List<String>>();
    for (var row : answer.path("releases")) {
      var why = row.path("activations").path(0).path("why").asString("never live");
      rows.add(
          List.of(
              "v" + row.path("number").asInt() + (row.path("live").asBoolean() ? " ●" : ""),
              Common.time(row.path("created_at").asString()),
              row.path("created_by").asString(),
              Common.seconds(row.path("took_ms").asLong()),
              shortDigest(row.path("artifact").asString()),
              why,
              row.path("origin").asString()));
    }
    common
        .terminal()
        .table(List.of("RELEASE", "MADE", "BY", "TOOK", "ARTIFACT", "WHY", "FROM"), rows);
  }

  private static String shortDigest(String digest) {
    return digest.substring(0, Math.min(DIGEST_CHARS, digest.length()));
  }
}
