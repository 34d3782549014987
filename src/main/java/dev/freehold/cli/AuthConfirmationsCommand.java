package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `freehold auth confirmations`.
@Command(
    name = "confirmations",
    header = "Choose whether new addresses are confirmed by mail.",
    description =
        "on: who signs up gets a mail and cannot sign in before its link was followed. off: new"
            + " addresses count as confirmed. Takes effect at once.",
    footer = {"Example:", "  freehold auth confirmations shop on"})
final class AuthConfirmationsCommand implements Runnable {
  @Mixin Common common = new Common();
  @Mixin AppChoice choice = new AppChoice();

  @Parameters(
      paramLabel = "[APP] on|off",
      arity = "1..2",
      hideParamSyntax = true,
      description = "The app, instead of --app, and the choice.")
  List<String> words = List.of();

  @Override
  public void run() {
    var wanted = choice.without(words, AuthConfirmationsCommand::isChoice);
    if (!isChoice(wanted)) {
      throw Problem.of("words-not-understood", "the choice is on or off")
          .hint("for example: freehold auth confirmations on")
          .raise();
    }
    var server = common.server();
    var answer =
        server.put(choice.path(server) + "/auth/confirmations", Map.of("on", wanted.equals("on")));
    if (!common.printedAsJson(answer)) {
      common
          .terminal()
          .say(
              wanted.equals("on")
                  ? "New addresses are confirmed by mail from now on."
                  : "New addresses count as confirmed from now on.");
    }
  }

  private static boolean isChoice(String word) {
    return word.equals("on") || word.equals("off");
  }
}
