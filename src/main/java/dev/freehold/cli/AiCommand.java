package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `freehold ai`.
@Command(
    name = "ai",
    header = "Who answers an app's calls of AI, and what they cost.",
    description =
        "Apps from Lovable call its AI gateway. Here the same calls, the code unchanged, are"
            + " answered by a provider of yours: any with an OpenAI-compatible interface, also one"
            + " on this machine.",
    subcommands = {
      AiCommand.Set.class,
      AiCommand.Show.class,
      AiCommand.Test.class,
      AiCommand.Usage.class,
      AiCommand.Unset.class
    })
final class AiCommand {
  private AiCommand() {}

  /// `freehold ai set`.
  @Command(
      name = "set",
      header = "Set the provider, or change what is set; counts at once.",
      description = {
        "The key is asked for without echo, or read from standard input, from a file, or from the"
            + " variable FREEHOLD_AI_KEY, and kept sealed. It never stands on the command line, and"
            + " the app never sees it.",
        "What is not said stays as it was. Prices are for a million tokens, in the money that your"
            + " provider asks; a month is a month of UTC."
      },
      footer = {
        "Examples:",
        "  freehold ai set shop --url https://api.openai.com/v1 --cap 20 \\",
        "      --default-model gpt-5-mini --price gpt-5-mini=0.25,2 \\",
        "      --model google/gemini-2.5-pro=gpt-5 --price gpt-5=1.25,10",
        "  freehold ai set shop --url https://openrouter.ai/api/v1 --cap 20",
        "  freehold ai set shop --url http://localhost:11434/v1 --no-key \\",
        "      --default-model llama3.2"
      })
  static final class Set implements Runnable {
    private static final String KEY = "FREEHOLD_AI_KEY";
    private static final int MAX_KEY_BYTES = 8_192;

    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(
        names = "--url",
        paramLabel = "URL",
        description = "What comes before /chat/completions, such as https://api.openai.com/v1.")
    String url = "";

    @Option(names = "--key-file", paramLabel = "PATH", description = "A file that holds the key.")
    @Nullable Path keyFile;

    @Option(names = "--new-key", description = "Ask for the key even though one is kept.")
    boolean newKey;

    @Option(names = "--no-key", description = "The provider asks for none.")
    boolean noKey;

    @Option(
        names = "--model",
        paramLabel = "ASKED=USED",
        description = "Use another model for one that the app asks for; ASKED= takes it back.")
    Map<String, String> models = new LinkedHashMap<>();

    @Option(
        names = "--default-model",
        paramLabel = "MODEL",
        description = "The text model for all others; none leaves their names as they are.")
    String defaultModel = "";

    @Option(
        names = "--price",
        paramLabel = "MODEL=IN,OUT[,CALL]",
        description = "What a million tokens cost, in and out; and each call or image beside.")
    Map<String, String> prices = new LinkedHashMap<>();

    @Option(
        names = "--default-price",
        paramLabel = "IN,OUT",
        description = "The price of all other models, or none.")
    String defaultPrice = "";

    @Option(
        names = "--costs-from-provider",
        negatable = true,
        description = "Its answers name their cost, as OpenRouter's do.")
    @Nullable Boolean providerCosts;

    @Option(
        names = "--cap",
        paramLabel = "AMOUNT",
        description = "What a month may cost, or none. Needs prices, or costs from the provider.")
    String cap = "";

    @Option(
        names = "--cap-tokens",
        paramLabel = "N",
        description = "How many tokens a month may take, or none.")
    String capTokens = "";

    @Override
    public void run() {
      var server = common.server();
      var path = choice.path(server) + "/ai";
      var before = server.get(path);
      var wanted = new LinkedHashMap<String, Object>();
      wanted.put("url", url);
      wanted.put("no_key", noKey);
      wanted.put("key", noKey ? "" : key(before));
      wanted.put("models", models);
      wanted.put("default_model", defaultModel);
      wanted.put("prices", prices);
      wanted.put("default_price", defaultPrice);
      if (providerCosts != null) {
        wanted.put("provider_costs", providerCosts);
      }
      wanted.put("cap", cap);
      wanted.put("cap_tokens", capTokens);
      var answer = server.put(path, wanted);
      if (!common.printedAsJson(answer)) {
        show(common.terminal(), answer);
        common.terminal().say("Try it: freehold ai test");
      }
    }

    /// A key is asked for when none is kept or the provider is another; empty keeps what is.
    private String key(JsonNode before) {
      if (keyFile != null) {
        return read(keyFile);
      }
      var variable = Optional.ofNullable(System.getenv(KEY)).orElse("");
      if (!variable.isEmpty()) {
        return variable;
      }
      boolean isNew = before.path("url").isMissingNode();
      boolean moved = !url.isEmpty() && !url.equals(before.path("url").asString(""));
      return newKey || isNew || moved ? SecretInput.ask("Key of the provider") : "";
    }

    private static String read(Path file) {
      try (var stream = Files.newInputStream(file)) {
        return new String(stream.readNBytes(MAX_KEY_BYTES), StandardCharsets.UTF_8).strip();
      } catch (IOException e) {
        throw Problem.of("file-unreadable", "the key could not be read from " + file).raise(e);
      }
    }
  }

  /// `freehold ai show`.
  @Command(name = "show", header = "Show the provider, without its key, and this month's spending.")
  static final class Show implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/ai");
      if (common.printedAsJson(answer)) {
        return;
      }
      if (answer.path("url").isMissingNode()) {
        common.terminal().say("No AI provider is set. Set one: freehold ai set --url URL");
      } else {
        show(common.terminal(), answer);
      }
    }
  }

  private static void show(Terminal terminal, JsonNode set) {
    terminal.say("Provider: " + set.path("url").asString());
    terminal.say("Key:      " + (set.path("has_key").asBoolean() ? "set" : "none"));
    for (var model : set.path("models").properties()) {
      terminal.say("Model:    " + model.getKey() + " → " + model.getValue().asString());
    }
    var other = set.path("default_model").asString("");
    terminal.say("Others:   " + (other.isEmpty() ? "as the app names them" : "→ " + other));
    for (var price : set.path("prices").properties()) {
      terminal.say("Price:    " + price.getKey() + " " + price.getValue().asString());
    }
    var otherPrice = set.path("default_price").asString("");
    if (!otherPrice.isEmpty()) {
      terminal.say("Price:    all others " + otherPrice);
    }
    if (set.path("provider_costs").asBoolean(false)) {
      terminal.say("Costs:    as the provider's answers name them");
    }
    terminal.say(
        "Spent:    %s of %s in %s, %s of %s tokens"
            .formatted(
                set.path("spent").asString("0"),
                bound(set.path("cap")),
                set.path("month").asString(""),
                set.path("tokens").asString("0"),
                bound(set.path("cap_tokens"))));
  }

  private static String bound(JsonNode cap) {
    return cap.asString("").isEmpty() ? "no cap" : cap.asString();
  }

  /// `freehold ai test`.
  @Command(
      name = "test",
      header = "Ask the provider for a word, as the app would; counted as the owner's.",
      footer = {"Example:", "  freehold ai test shop --model google/gemini-2.5-pro"})
  static final class Test implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(
        names = "--model",
        paramLabel = "MODEL",
        description = "As the app names it (default: google/gemini-2.5-flash).")
    String model = "";

    @Override
    public void run() {
      var server = common.server();
      var answer = server.post(choice.path(server) + "/ai/test", Map.of("model", model));
      if (!common.printedAsJson(answer)) {
        common
            .terminal()
            .say(
                "%s, asked as %s, answered “%s” in %d ms with %d + %d tokens."
                    .formatted(
                        answer.path("model").asString(),
                        answer.path("asked").asString(),
                        answer.path("answer").asString().strip(),
                        answer.path("took_ms").asLong(),
                        answer.path("tokens_in").asLong(),
                        answer.path("tokens_out").asLong()));
      }
    }
  }

  /// `freehold ai usage`.
  @Command(
      name = "usage",
      header = "Show what a month's calls took, by function and model.",
      footer = {"Example:", "  freehold ai usage shop --month 2026-10"})
  static final class Usage implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(
        names = "--month",
        paramLabel = "YYYY-MM",
        description = "Another month than this one; two years are kept.")
    String month = "";

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/ai/usage?month=" + AppChoice.encoded(month));
      if (common.printedAsJson(answer)) {
        return;
      }
      var rows = new ArrayList<List<String>>();
      for (var row : answer.path("usage")) {
        var asked = row.path("asked").asString();
        var used = row.path("used").asString();
        rows.add(
            List.of(
                row.path("caller").asString(),
                asked.equals(used) ? asked : asked + " → " + used,
                row.path("calls").asString(),
                row.path("failures").asString(),
                row.path("tokens_in").asString(),
                row.path("tokens_out").asString(),
                row.path("cost").asString() + (row.path("uncosted").asLong() > 0 ? " ?" : "")));
      }
      var terminal = common.terminal();
      if (rows.isEmpty()) {
        terminal.say("No call of AI in " + answer.path("month").asString() + ".");
        return;
      }
      terminal.table(
          List.of("CALLER", "MODEL", "CALLS", "FAILED", "TOKENS IN", "TOKENS OUT", "COST"), rows);
      terminal.say(
          "%s in %s.%s"
              .formatted(
                  answer.path("cost").asString(),
                  answer.path("month").asString(),
                  rows.stream().anyMatch(row -> row.getLast().endsWith("?"))
                      ? " A “?” stands where some calls have no known cost."
                      : ""));
    }
  }

  /// `freehold ai unset`.
  @Command(name = "unset", header = "Forget the provider and its key; calls of AI fail again.")
  static final class Unset implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.delete(choice.path(server) + "/ai");
      if (!common.printedAsJson(answer)) {
        common.terminal().say("No provider answers calls of AI from now on.");
      }
    }
  }
}
