package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `freehold storage move`.
@Command(
    name = "move",
    header = "Move the bytes of all files to the bucket, or back to disk.",
    description = {
      "New files go there from now on, the others follow, and all of them are served meanwhile."
          + " The server does it: when this command is ended, or the server, it goes on by itself."
          + " Run it again to watch, or after a failure."
    },
    footer = {"Example:", "  freehold storage move shop --to bucket"})
final class StorageMoveCommand implements Runnable {
  private static final long BETWEEN_LOOKS_MS = 500;

  @Mixin Common common = new Common();
  @Mixin AppWord choice = new AppWord();

  @Option(names = "--to", paramLabel = "PLACE", required = true, description = "bucket or disk.")
  String to = "";

  @Override
  public void run() {
    var server = common.server();
    var path = choice.path(server) + "/storage/move";
    var now = server.post(path, Map.of("to", to));
    while (now.path("running").asBoolean(false)) {
      common.terminal().progress(moved(now));
      pause();
      now = server.get(path);
    }
    if (now.has("failure")) {
      throw Problem.of("storage-move-stopped", "the move stopped before its end")
          .detail(now.path("failure").asString())
          .hint("nothing is lost; run it again when that is mended: it goes on where it stopped")
          .raise();
    }
    if (!common.printedAsJson(now)) {
      common
          .terminal()
          .say(moved(now) + " All lie " + (to.equals("disk") ? "on disk." : "in the bucket."));
    }
  }

  private static String moved(JsonNode now) {
    return "%s files moved, %s bytes."
        .formatted(now.path("files").asString("0"), now.path("bytes").asString("0"));
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
