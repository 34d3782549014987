package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `freehold destroy`.
@Command(
    name = "destroy",
    header = "Remove an app: its process, releases, secrets and database.",
    description =
        "Asks for the name. A final dump of the database is kept unless --no-dump is given. A"
            + " PostgreSQL of your own is left as it is.")
final class DestroyCommand implements Runnable {
  @Mixin Common common = new Common();

  @Parameters(paramLabel = "NAME", description = "The app.")
  String name = "";

  @Option(
      names = "--env",
      paramLabel = "NAME",
      description = "The environment (default: production).")
  String environment = "production";

  @Option(
      names = "--confirm",
      paramLabel = "NAME",
      description = "The app's name once more, instead of being asked for it.")
  @Nullable String confirm;

  @Option(names = "--no-dump", description = "Keep no final dump of the database.")
  boolean noDump;

  @Override
  public void run() {
    var server = common.server();
    var typed = confirm == null ? ask() : confirm;
    if (!typed.equals(name)) {
      throw Problem.of("destroy-not-confirmed", "the name that was typed is not " + name)
          .hint("nothing was removed")
          .raise();
    }
    var path = "/v1/apps/" + AppChoice.encoded(name) + "/" + AppChoice.encoded(environment);
    var started = server.post(path + "/destroy", Map.of("confirm", typed, "keep_dump", !noDump));
    new OperationView(common, server, started).follow();
  }

  private String ask() {
    var console =
        Terminal.console()
            .orElseThrow(() ->
                Problem.of("destroy-not-confirmed", "there is nobody to ask for the name here")
                    .hint("give it: freehold destroy " + name + " --confirm " + name)
                    .raise());
    var typed =
        console.readLine(
            "This removes %s/%s with its database. Type the app's name to go on: ",
            name, environment);
    return typed == null ? "" : typed.strip();
  }
}
