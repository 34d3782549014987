package dev.freehold.cli;

import java.io.File;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `freehold open`.
@Command(name = "open", header = "Print an app's address, and open it where there is a browser.")
final class OpenCommand implements Runnable {
  @Mixin Common common = new Common();
  @Mixin AppWord choice = new AppWord();

  @Override
  public void run() {
    var server = common.server();
    var app = choice.app(server);
    for (var row : server.get("/v1/apps").path("apps")) {
      if (row.path("app").asString().equals(app)
          && row.path("environment").asString().equals(choice.environment)) {
        var address = row.path("address").asString();
        common.terminal().say(common.json ? "{\"address\":\"" + address + "\"}" : address);
        if (System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null) {
          browse(address);
        }
        return;
      }
    }
    throw dev.freehold.problem.Problem.of(
            "environment-not-found", "there is no " + app + "/" + choice.environment)
        .hint("freehold apps lists what there is")
        .raise();
  }

  private void browse(String address) {
    try {
      new ProcessBuilder("xdg-open", address)
          .redirectOutput(new File("/dev/null"))
          .redirectError(new File("/dev/null"))
          .start();
    } catch (IOException e) {
      common.terminal().progress("(no browser could be started here)");
    }
  }
}
