package dev.freehold.cli;

import dev.freehold.client.ControlClient;
import dev.freehold.client.ServerProcess;
import dev.freehold.problem.ProblemException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `freehold down`.
@Command(
    name = "down",
    header = "Stop the server, its apps and their databases.",
    description = "Nothing happens when it is down already.")
final class DownCommand implements Runnable {
  @Mixin Common common = new Common();

  /// The server may be gone before its answer has arrived.
  private static void askToEnd(ControlClient client) {
    try {
      client.post("/v1/shutdown", Map.of());
    } catch (ProblemException e) {
      if (!e.problem().code().equals("server-unreachable")) {
        throw e;
      }
    }
  }

  @Override
  public void run() {
    var client = common.client();
    boolean was = client.serverAnswers();
    if (was) {
      long pid = client.get("/v1/status").path("pid").asLong();
      askToEnd(client);
      ServerProcess.awaitEnd(pid, common.dataFolder());
    }
    common
        .terminal()
        .say(
            common.json
                ? "{\"stopped\":" + was + "}"
                : was ? "Freehold is down." : "Freehold was not running.");
  }
}
