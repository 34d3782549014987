package dev.freehold.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// `freehold auth doctor`.
@Command(
    name = "doctor",
    header = "Say what keeps an app's users from signing in, and what to enter at providers.",
    description = {
      "Looks at the providers that are set and those that the app's code asks for, at the mail"
          + " server, the hooks, the addresses and the keys. Changes nothing, and asks nobody"
          + " outside.",
      "Ends with 0 when users can sign in, with 1 when something keeps some of them out."
    },
    footer = {"Examples:", "  freehold auth doctor shop", "  freehold auth doctor --json"})
final class AuthDoctorCommand implements Callable<Integer> {
  private static final int FINE = 0;
  private static final int BLOCKED = 1;

  @Mixin Common common = new Common();
  @Mixin AppWord choice = new AppWord();

  @Override
  public Integer call() {
    var server = common.server();
    var answer = server.get(choice.path(server) + "/auth/doctor");
    boolean fine = answer.path("fine").asBoolean(false);
    if (!common.printedAsJson(answer)) {
      tell(answer, fine);
    }
    return fine ? FINE : BLOCKED;
  }

  private void tell(JsonNode answer, boolean fine) {
    var terminal = common.terminal();
    terminal.say("Redirect URL to enter at every provider:");
    terminal.say("  " + answer.path("redirect_url").asString());
    for (var provider : answer.path("providers")) {
      terminal.say("");
      terminal.say(
          provider.path("title").asString()
              + " ("
              + provider.path("name").asString()
              + "), client "
              + provider.path("client_ids").path(0).asString(""));
      terminal.say("  enter " + provider.path("redirect_url").asString());
      if (!provider.path("console").asString("").isEmpty()) {
        terminal.say("  at    " + provider.path("console").asString());
      }
    }
    for (var finding : answer.path("findings")) {
      terminal.say("");
      terminal.say(
          (finding.path("severity").asString().equals("blocks") ? "BLOCKS SIGN-IN  " : "WARNING  ")
              + finding.path("subject").asString()
              + ": "
              + finding.path("message").asString());
      terminal.say("  → " + finding.path("hint").asString());
    }
    terminal.say("");
    terminal.say(
        fine ? "Nothing keeps users from signing in." : "Some users cannot sign in, see above.");
  }
}
