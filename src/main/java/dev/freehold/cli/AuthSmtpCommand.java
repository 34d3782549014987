package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `freehold auth smtp`.
@Command(
    name = "smtp",
    header = "Choose the mail server that an app's mails go through.",
    subcommands = {
      AuthSmtpCommand.Set.class,
      AuthSmtpCommand.Show.class,
      AuthSmtpCommand.Test.class,
      AuthSmtpCommand.Rm.class
    })
final class AuthSmtpCommand {
  private AuthSmtpCommand() {}

  /// `freehold auth smtp set`.
  @Command(
      name = "set",
      header = "Set the mail server; takes effect at once.",
      description = {
        "The password is asked for without echo, or read from standard input or from the variable"
            + " FREEHOLD_SMTP_PASSWORD, and kept sealed. It never stands on the command line.",
        "The protection is STARTTLS, TLS on port 465, none on this machine itself."
      },
      footer = {
        "Example:",
        "  freehold auth smtp set shop --host smtp.example.com --user shop \\",
        "      --from hello@example.com --name 'The Shop'"
      })
  static final class Set implements Runnable {
    private static final String PASSWORD = "FREEHOLD_SMTP_PASSWORD";

    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(names = "--host", paramLabel = "NAME", required = true, description = "The server.")
    String host = "";

    @Option(names = "--port", paramLabel = "PORT", description = "Its port (default: 587).")
    int port = 587;

    @Option(
        names = "--security",
        paramLabel = "WORD",
        description = "tls, starttls or none, instead of what the port and host suggest.")
    String security = "";

    @Option(names = "--user", paramLabel = "NAME", description = "Who signs in at the server.")
    String user = "";

    @Option(
        names = "--from",
        paramLabel = "ADDRESS",
        required = true,
        description = "The address that mails come from.")
    String from = "";

    @Option(names = "--name", paramLabel = "TEXT", description = "The name before that address.")
    String name = "";

    @Override
    public void run() {
      var server = common.server();
      var wanted = new LinkedHashMap<String, Object>();
      wanted.put("host", host);
      wanted.put("port", port);
      wanted.put("security", security);
      wanted.put("user", user);
      wanted.put("password", user.isEmpty() ? "" : password());
      wanted.put("sender_name", name);
      wanted.put("sender_address", from);
      var path = choice.path(server);
      var answer = server.put(path + "/auth/smtp", wanted);
      if (common.printedAsJson(answer)) {
        return;
      }
      common
          .terminal()
          .say(
              "Mails go through " + host + " from now on. Try it: freehold auth smtp test ADDRESS");
      if (!server.get(path + "/auth/mail").path("confirmations").asBoolean(false)) {
        common
            .terminal()
            .progress(
                "New addresses still count as confirmed without a mail."
                    + " → freehold auth confirmations on");
      }
    }

    private static String password() {
      return Optional.ofNullable(System.getenv(PASSWORD))
          .filter(text -> !text.isEmpty())
          .orElseGet(() -> SecretInput.ask("Password"));
    }
  }

  /// `freehold auth smtp show`.
  @Command(name = "show", header = "Show the mail server, without its password.")
  static final class Show implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/auth/mail");
      if (common.printedAsJson(answer)) {
        return;
      }
      var terminal = common.terminal();
      var smtp = answer.path("smtp");
      if (smtp.isMissingNode()) {
        terminal.say(
            "No mail server is set: mails stay on this machine. Read them: freehold mail list");
      } else {
        terminal.say("Server:   " + smtp.path("host").asString() + ":" + smtp.path("port").asInt());
        terminal.say("Security: " + smtp.path("security").asString());
        terminal.say("User:     " + smtp.path("user").asString());
        terminal.say(
            "From:     "
                + (smtp.path("sender_name").asString()
                        + " <"
                        + smtp.path("sender_address").asString()
                        + ">")
                    .strip());
      }
      terminal.say(
          "New addresses are "
              + (answer.path("confirmations").asBoolean(false)
                  ? "confirmed by mail."
                  : "taken as confirmed."));
    }
  }

  /// `freehold auth smtp test`.
  @Command(name = "test", header = "Send a mail that shows that the settings work.")
  static final class Test implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(
        paramLabel = "[APP] ADDRESS",
        arity = "1..2",
        hideParamSyntax = true,
        description = "The app, instead of --app, and who gets the mail.")
    List<String> words = List.of();

    @Option(names = "--to", paramLabel = "ADDRESS", description = "Who gets the mail.")
    @Nullable String to;

    @Override
    public void run() {
      var address = choice.without(words, word -> word.contains("@"));
      var receiver = to == null ? address : to;
      if (!receiver.contains("@")) {
        throw Problem.of("words-not-understood", "an address is missing")
            .hint("for example: freehold auth smtp test you@example.com")
            .raise();
      }
      var server = common.server();
      var answer = server.post(choice.path(server) + "/auth/smtp/test", Map.of("to", receiver));
      if (!common.printedAsJson(answer)) {
        common.terminal().say("The mail server took a mail for " + receiver + ".");
      }
    }
  }

  /// `freehold auth smtp rm`.
  @Command(name = "rm", header = "Forget the mail server; mails stay on this machine again.")
  static final class Rm implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.delete(choice.path(server) + "/auth/smtp");
      if (!common.printedAsJson(answer)) {
        common.terminal().say("No mail leaves this machine from now on: freehold mail list");
      }
    }
  }
}
