package dev.freehold.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `freehold secrets`.
@Command(
    name = "secrets",
    header = "Keep an app's secrets, sealed.",
    description =
        "Nothing shows a value again once it was set. A change takes effect with the next deploy;"
            + " a rollback brings back the versions it ran with.",
    subcommands = {SecretsCommand.Set.class, SecretsCommand.ListAll.class, SecretsCommand.Rm.class})
final class SecretsCommand {

  /// `freehold secrets set`.
  @Command(
      name = "set",
      header = "Set a secret.",
      description =
          "The value is asked for without echo, or read from standard input, whose last line end is"
              + " left out. It never stands on the command line.",
      footer = {
        "Examples:",
        "  freehold secrets set STRIPE_SECRET_KEY",
        "  freehold secrets set STRIPE_SECRET_KEY < key.txt"
      })
  static final class Set implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(paramLabel = "NAME", description = "For example STRIPE_SECRET_KEY.")
    String name = "";

    @Override
    public void run() {
      var server = common.server();
      var path = choice.path(server) + "/secrets/" + AppChoice.encoded(name);
      var answer = server.put(path, Map.of("value", SecretInput.ask(name)));
      if (!common.printedAsJson(answer)) {
        common
            .terminal()
            .say(
                name
                    + " is set (version "
                    + answer.path("version").asInt()
                    + "). It takes effect with the next deploy.");
      }
    }
  }

  /// `freehold secrets list`.
  @Command(name = "list", header = "List the names of the secrets that are set.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/secrets");
      common.list(
          answer,
          "secrets",
          List.of("NAME", "VERSION", "SET", "BY"),
          row ->
              List.of(
                  row.path("name").asString(),
                  row.path("version").asString(),
                  Common.time(row.path("set_at").asString()),
                  row.path("set_by").asString()),
          "No secret is set. Set one: freehold secrets set NAME");
    }
  }

  /// `freehold secrets rm`.
  @Command(name = "rm", header = "Leave a secret out of later releases.")
  static final class Rm implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(paramLabel = "NAME", description = "The secret.")
    String name = "";

    @Override
    public void run() {
      var server = common.server();
      var answer = server.delete(choice.path(server) + "/secrets/" + AppChoice.encoded(name));
      if (!common.printedAsJson(answer)) {
        common.terminal().say(name + " will not be part of later releases.");
      }
    }
  }
}
