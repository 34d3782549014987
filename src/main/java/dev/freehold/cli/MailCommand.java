package dev.freehold.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `freehold mail`.
@Command(
    name = "mail",
    header = "Read the mails an app would have sent.",
    description =
        "Until a mail server is set, mails to an app's users stay on this machine: the newest 200,"
            + " here. freehold auth smtp set sends them for real.",
    subcommands = {MailCommand.ListAll.class, MailCommand.Show.class})
final class MailCommand {
  private MailCommand() {}

  /// `freehold mail list`.
  @Command(name = "list", header = "List the mails that were kept, newest first.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/mails");
      common.list(
          answer,
          "mails",
          List.of("ID", "WHEN", "TO", "SUBJECT"),
          mail ->
              List.of(
                  mail.path("id").asString(),
                  Common.time(mail.path("at").asString()),
                  mail.path("to").asString(),
                  mail.path("subject").asString()),
          "No mail was kept.");
      warn(common, answer);
    }
  }

  /// `freehold mail show`.
  @Command(
      name = "show",
      header = "Show one mail with its link and code.",
      description = "Without an id, the newest. The beginning of an id is enough when it is clear.",
      footer = {"Examples:", "  freehold mail show", "  freehold mail show shop 20261121T0712"})
  static final class Show implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(
        paramLabel = "[APP] ID",
        arity = "0..2",
        hideParamSyntax = true,
        description = "The app, instead of --app, and the mail.")
    List<String> words = List.of();

    @Override
    public void run() {
      var id = choice.without(words, word -> Character.isDigit(word.charAt(0)));
      var server = common.server();
      var path = choice.path(server) + "/mails";
      if (id.isEmpty()) {
        var all = server.get(path);
        if (all.path("mails").isEmpty()) {
          common.terminal().say(common.json ? "null" : "No mail was kept.");
          warn(common, all);
          return;
        }
        id = all.path("mails").get(0).path("id").asString();
      }
      var mail = server.get(path + "/" + AppChoice.encoded(id));
      if (common.printedAsJson(mail)) {
        return;
      }
      var terminal = common.terminal();
      terminal.say("To:      " + mail.path("to").asString());
      terminal.say("When:    " + Common.time(mail.path("at").asString()));
      terminal.say("Subject: " + mail.path("subject").asString());
      if (!mail.path("code").asString("").isEmpty()) {
        terminal.say("Code:    " + mail.path("code").asString());
      }
      if (!mail.path("link").asString("").isEmpty()) {
        terminal.say("Link:    " + mail.path("link").asString());
      }
      terminal.say("");
      terminal.say(mail.path("text").asString().stripTrailing());
    }
  }

  private static void warn(Common common, JsonNode mails) {
    if (!mails.path("leaves_this_machine").asBoolean(false)) {
      common
          .terminal()
          .progress(
              "No mail leaves this machine: no mail server is set."
                  + " → freehold auth smtp set --host NAME --from ADDRESS");
    } else if (!common.json) {
      common.terminal().progress("New mails go out by the mail server; these were kept before.");
    }
  }
}
