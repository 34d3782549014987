package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `freehold users`.
@Command(
    name = "users",
    header = "Look after an app's users.",
    subcommands = {
      UsersCommand.ListAll.class,
      UsersCommand.Show.class,
      UsersCommand.Create.class,
      UsersChangeCommands.Ban.class,
      UsersChangeCommands.Unban.class,
      UsersChangeCommands.Delete.class,
      UsersChangeCommands.ResetPassword.class,
      UsersCommand.Export.class
    })
final class UsersCommand {
  private UsersCommand() {}

  /// An id or an e-mail address; anything else is an app.
  static boolean isUser(String word) {
    return word.contains("@") || word.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  }

  /// The one user that a command is about.
  static String one(AppChoice choice, List<String> words) {
    var user = choice.without(words, UsersCommand::isUser);
    if (user.isEmpty()) {
      throw Problem.of("words-not-understood", "a user is missing: an e-mail address or an id")
          .hint("freehold users list shows who there is")
          .raise();
    }
    return user;
  }

  static String state(JsonNode user) {
    if (user.hasNonNull("deleted_at")) {
      return "deleted";
    }
    if (user.hasNonNull("banned_until")
        && java.time.Instant.parse(user.path("banned_until").asString())
            .isAfter(java.time.Instant.now())) {
      return "banned";
    }
    if (user.path("is_anonymous").asBoolean(false)) {
      return "anonymous";
    }
    return user.hasNonNull("email_confirmed_at") || user.hasNonNull("phone_confirmed_at")
        ? "confirmed"
        : "unconfirmed";
  }

  /// `freehold users list`.
  @Command(name = "list", header = "List users, newest first.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(names = "--page", paramLabel = "NUMBER", description = "Which page (default: 1).")
    int page = 1;

    @Option(
        names = "--per-page",
        paramLabel = "NUMBER",
        description = "Users on a page, at most 1000 (default: 50).")
    int perPage = 50;

    @Option(
        names = "--filter",
        paramLabel = "TEXT",
        description = "Only those whose address or name holds the text.")
    String filter = "";

    @Override
    public void run() {
      var server = common.server();
      var answer =
          server.get(
              choice.path(server)
                  + "/users?page=%d&per_page=%d&filter=%s"
                      .formatted(page, perPage, AppChoice.encoded(filter)));
      if (common.printedAsJson(answer)) {
        return;
      }
      var rows = new ArrayList<List<String>>();
      for (var user : answer.path("users")) {
        rows.add(
            List.of(
                user.path("id").asString(),
                user.path("email").asString(""),
                state(user),
                Common.time(user.path("created_at").asString("")),
                Common.time(user.path("last_sign_in_at").asString(""))));
      }
      var terminal = common.terminal();
      if (rows.isEmpty()) {
        terminal.say("No user.");
        return;
      }
      terminal.table(List.of("ID", "EMAIL", "STATE", "SINCE", "LAST SIGN-IN"), rows);
      long total = answer.path("total").asLong();
      if (total > (long) page * answer.path("per_page").asInt()) {
        terminal.progress(total + " users in all; the next: --page " + (page + 1));
      }
    }
  }

  /// `freehold users show`.
  @Command(name = "show", header = "Show all that is known of a user.")
  static final class Show implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();
    @Mixin UserWord who = new UserWord();

    @Override
    public void run() {
      var named = who.of(choice);
      var server = common.server();
      var user = server.get(UserWord.path(server, choice, named));
      if (common.printedAsJson(user)) {
        return;
      }
      var terminal = common.terminal();
      terminal.say("State: " + state(user));
      for (var field : user.properties()) {
        var value = field.getValue();
        terminal.say(field.getKey() + ": " + (value.isString() ? value.asString() : value));
      }
    }
  }

  /// `freehold users create`.
  @Command(
      name = "create",
      header = "Create a user.",
      description =
          "The password is asked for without echo or read from standard input; an empty one makes a"
              + " user who signs in by a mailed link. The address counts as confirmed.")
  static final class Create implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(
        paramLabel = "[APP] EMAIL",
        arity = "1..2",
        hideParamSyntax = true,
        description = "The app, instead of --app, and the address.")
    List<String> words = List.of();

    @Option(names = "--unconfirmed", description = "The address is still to be confirmed.")
    boolean unconfirmed;

    @Override
    public void run() {
      var email = one(choice, words);
      var server = common.server();
      var wanted = new LinkedHashMap<String, Object>();
      wanted.put("email", email);
      wanted.put("password", SecretInput.ask("Password"));
      wanted.put("confirmed", !unconfirmed);
      var user = server.post(choice.path(server) + "/users", wanted);
      if (!common.printedAsJson(user)) {
        common.terminal().say(email + " is there: " + user.path("id").asString());
      }
    }
  }

  /// `freehold users export`.
  @Command(
      name = "export",
      header = "Print every user as a line of JSON.",
      footer = {"Example:", "  freehold users export shop > users.jsonl"})
  static final class Export implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(
        names = "--include-password-hashes",
        description = "With password hashes. Keep such a file as you keep passwords.")
    boolean hashes;

    @Override
    public void run() {
      var server = common.server();
      server.lines(
          choice.path(server) + "/users-export?password_hashes=" + hashes,
          user -> common.terminal().say(user.toString()));
    }
  }

  static Map<String, Object> ban(String duration) {
    return Map.of("duration", duration);
  }
}
