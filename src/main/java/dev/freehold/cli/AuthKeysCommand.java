package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `freehold auth keys`.
@Command(
    name = "keys",
    header = "The keys that sign and verify an app's tokens.",
    description =
        "A change counts at once, without a deploy. The app's own API keys stay through all of it.",
    subcommands = {
      AuthKeysCommand.ListAll.class,
      AuthKeysCommand.Rotate.class,
      AuthKeysCommand.Import.class,
      AuthKeysCommand.Revoke.class
    })
final class AuthKeysCommand {
  private AuthKeysCommand() {}

  /// What a key does, in the words of a person.
  private static String state(JsonNode key) {
    return switch (key.path("state").asString()) {
      case "signs" -> "signs users' tokens";
      case "signs_api_keys" -> "signed the API keys";
      case "earlier" -> "earlier, valid until " + Common.time(key.path("until").asString());
      default -> key.path("every_role").asBoolean(false) ? "imported, for every role" : "imported";
    };
  }

  private static void table(Terminal terminal, JsonNode answer) {
    var rows = new ArrayList<List<String>>();
    for (var key : answer.path("keys")) {
      rows.add(
          List.of(
              key.path("kid").asString(),
              key.path("algorithm").asString(),
              Common.time(key.path("since").asString()),
              state(key)));
    }
    terminal.table(List.of("KEY", "ALGORITHM", "SINCE", "STATE"), rows);
  }

  /// `freehold auth keys list`.
  @Command(
      name = "list",
      header = "List the signing keys, and the API keys that visitors may see.",
      description =
          "What signs is never shown. The keys for servers (secret, service_role) pass every row"
              + " level policy: they are shown with --show-secret-keys only, and the journal says"
              + " so.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(names = "--show-secret-keys", description = "Show the keys for servers too.")
    boolean secretKeys;

    @Override
    public void run() {
      var server = common.server();
      var answer =
          server.get(choice.path(server) + "/auth/keys" + (secretKeys ? "?secret=true" : ""));
      if (common.printedAsJson(answer)) {
        return;
      }
      var terminal = common.terminal();
      table(terminal, answer);
      terminal.say("");
      for (var key : answer.path("api_keys").properties()) {
        terminal.say("%-12s %s".formatted(key.getKey(), key.getValue().asString()));
      }
    }
  }

  /// `freehold auth keys rotate`.
  @Command(
      name = "rotate",
      header = "Make a new key that signs users' tokens.",
      description = {
        "Tokens of the key before stay valid until they expire, an hour usually. Nobody is signed"
            + " out, and no app needs a change: clients find the new key by its id.",
        "With --now the tokens of every earlier key are refused at once: for a key that may have"
            + " leaked. Apps then fetch new tokens with their refresh tokens, which stay valid."
            + " Imported keys stay too: freehold auth keys revoke takes them away."
      },
      footer = {
        "Examples:",
        "  freehold auth keys rotate shop",
        "  freehold auth keys rotate --now"
      })
  static final class Rotate implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(names = "--now", description = "Refuse the tokens of earlier keys at once.")
    boolean now;

    @Override
    public void run() {
      var server = common.server();
      var answer = server.post(choice.path(server) + "/auth/keys/rotate", Map.of("now", now));
      if (common.printedAsJson(answer)) {
        return;
      }
      var terminal = common.terminal();
      terminal.say("Users' tokens are signed with a new key from now on.");
      terminal.say(
          now
              ? "Tokens of earlier keys are refused; apps fetch new ones by themselves."
              : "Tokens of the key before stay valid until they expire.");
      terminal.say("");
      table(terminal, answer);
    }
  }

  /// `freehold auth keys import`.
  @Command(
      name = "import",
      header = "Accept what the app's earlier host signed.",
      description = {
        "Users of an imported project then stay signed in, and its own anon key still opens the"
            + " API. Give the legacy JWT secret of the project (at Supabase: project settings,"
            + " JWT keys): it is asked for without echo, or read from standard input, and never"
            + " stands on the command line. Or give its JSON Web Keys with --jwks, such as the"
            + " public set at https://PROJECT.supabase.co/auth/v1/.well-known/jwks.json. Of a"
            + " private key only the public part is kept: nothing is signed with it here.",
        "Whoever still has that secret can sign in as any user here: take it away with freehold"
            + " auth keys revoke once nobody needs it. Its service_role key is refused unless"
            + " you say --service-role, for it passes every row level policy."
      },
      footer = {
        "Examples:",
        "  freehold auth keys import shop",
        "  freehold auth keys import shop < jwt-secret.txt",
        "  freehold auth keys import shop --jwks jwks.json"
      })
  static final class Import implements Runnable {
    private static final long MAX_FILE_BYTES = 256 * 1024;

    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(
        names = "--jwks",
        paramLabel = "FILE",
        description = "A file of JSON Web Keys, instead of the secret.")
    @Nullable Path jwks;

    @Option(
        names = "--service-role",
        description = "Accept its tokens for every role, service_role among them.")
    boolean serviceRole;

    @Override
    public void run() {
      var server = common.server();
      var body = new LinkedHashMap<String, Object>();
      body.put("service_role", serviceRole);
      body.put("keys", jwks == null ? SecretInput.ask("Legacy JWT secret") : content(jwks));
      var answer = server.post(choice.path(server) + "/auth/keys/import", body);
      if (common.printedAsJson(answer)) {
        return;
      }
      var terminal = common.terminal();
      terminal.say(
          "What the earlier host signed is accepted from now on"
              + (serviceRole ? ", for every role." : ", for visitors and users."));
      terminal.say("");
      table(terminal, answer);
    }

    private static String content(Path file) {
      try {
        if (Files.size(file) <= MAX_FILE_BYTES) {
          return Files.readString(file);
        }
      } catch (IOException e) {
        throw Problem.of("file-unreadable", "the file cannot be read: " + file)
            .hint("--jwks names a file of JSON Web Keys")
            .raise(e);
      }
      throw Problem.of("input-too-large", "the file holds more than " + MAX_FILE_BYTES + " bytes")
          .raise();
    }
  }

  /// `freehold auth keys revoke`.
  @Command(
      name = "revoke",
      header = "Refuse the tokens of an earlier or imported key at once.",
      footer = {"Example:", "  freehold auth keys revoke shop imported-1a2b3c4d"})
  static final class Revoke implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(
        paramLabel = "[APP] KEY",
        arity = "1..2",
        hideParamSyntax = true,
        description = "The app, instead of --app, and the key as list names it.")
    List<String> words = List.of();

    @Override
    public void run() {
      var key = words.getLast();
      if (words.size() > 1) {
        choice.app = words.getFirst();
      }
      var server = common.server();
      var answer = server.delete(choice.path(server) + "/auth/keys/" + AppChoice.encoded(key));
      if (!common.printedAsJson(answer)) {
        common.terminal().say("Tokens of " + key + " are refused from now on.");
      }
    }
  }
}
