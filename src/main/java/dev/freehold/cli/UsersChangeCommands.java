package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The commands below `freehold users` that change a user who is there.
final class UsersChangeCommands {
  private UsersChangeCommands() {}

  /// `freehold users ban`.
  @Command(
      name = "ban",
      header = "Keep a user from signing in.",
      description = "Sessions end when their access token does, within the hour.")
  static final class Ban implements Runnable {
    /// As good as for ever: 100 years.
    private static final String LONG = "876600h";

    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();
    @Mixin UserWord user = new UserWord();

    @Option(
        names = "--for",
        paramLabel = "TIME",
        description = "How long, such as 24h (default: until users unban).")
    String time = LONG;

    @Override
    public void run() {
      var who = user.of(choice);
      var server = common.server();
      var answer = server.put(UserWord.path(server, choice, who) + "/ban", UsersCommand.ban(time));
      if (!common.printedAsJson(answer)) {
        common
            .terminal()
            .say(who + " is banned until " + Common.time(answer.path("banned_until").asString()));
      }
    }
  }

  /// `freehold users unban`.
  @Command(name = "unban", header = "Lift a ban.")
  static final class Unban implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();
    @Mixin UserWord user = new UserWord();

    @Override
    public void run() {
      var who = user.of(choice);
      var server = common.server();
      var answer =
          server.put(UserWord.path(server, choice, who) + "/ban", UsersCommand.ban("none"));
      if (!common.printedAsJson(answer)) {
        common.terminal().say(who + " may sign in again.");
      }
    }
  }

  /// `freehold users delete`.
  @Command(
      name = "delete",
      header = "Remove a user, and what the database removes with one.",
      description = "Asks for the address or id once more.")
  static final class Delete implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();
    @Mixin UserWord user = new UserWord();

    @Option(
        names = "--confirm",
        paramLabel = "USER",
        description = "The user once more, instead of being asked.")
    @Nullable String confirm;

    @Override
    public void run() {
      var who = user.of(choice);
      var server = common.server();
      var path = UserWord.path(server, choice, who);
      var known = server.get(path);
      var typed = confirm == null ? ask(who) : confirm;
      if (!typed.equalsIgnoreCase(who)
          && !typed.equals(known.path("id").asString())
          && !typed.equalsIgnoreCase(known.path("email").asString(""))) {
        throw Problem.of("delete-not-confirmed", "what was typed is not " + who)
            .hint("nobody was removed")
            .raise();
      }
      var answer = server.delete(path);
      if (!common.printedAsJson(answer)) {
        common.terminal().say(who + " is removed.");
      }
    }

    private static String ask(String who) {
      var console =
          Terminal.console()
              .orElseThrow(() ->
                  Problem.of("delete-not-confirmed", "there is nobody to ask here")
                      .hint("give it: freehold users delete " + who + " --confirm " + who)
                      .raise());
      var typed = console.readLine("This removes %s. Type it once more to go on: ", who);
      return typed == null ? "" : typed.strip();
    }
  }

  /// `freehold users reset-password`.
  @Command(
      name = "reset-password",
      header = "Mail a user a link to choose a new password.",
      description =
          "Or print the link, or set a password that is asked for without echo or read from"
              + " standard input.")
  static final class ResetPassword implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();
    @Mixin UserWord user = new UserWord();

    @Option(names = "--link", description = "Print the link instead of mailing it.")
    boolean link;

    @Option(names = "--set", description = "Set a password instead; ends the user's sessions.")
    boolean set;

    @Override
    public void run() {
      var who = user.of(choice);
      var server = common.server();
      Map<String, Object> wanted =
          set
              ? Map.of("password", SecretInput.ask("New password"))
              : Map.<String, Object>of("link", link);
      var answer = server.post(UserWord.path(server, choice, who) + "/reset-password", wanted);
      if (common.printedAsJson(answer)) {
        return;
      }
      var terminal = common.terminal();
      switch (answer.path("done").asString()) {
        case "set" -> terminal.say(who + " has a new password; all sessions ended.");
        case "link" -> terminal.say(answer.path("link").asString());
        default -> {
          terminal.say("A mail for " + answer.path("to").asString() + " was made.");
          if (!answer.path("leaves_this_machine").asBoolean(false)) {
            terminal.progress(
                "It stays on this machine: no mail server is set. → freehold mail show");
          }
        }
      }
    }
  }
}
