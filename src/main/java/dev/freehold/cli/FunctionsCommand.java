package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `freehold functions`.
@Command(
    name = "functions",
    header = "An app's edge functions: list, call and watch them.",
    description = "Their log: freehold logs --function NAME",
    subcommands = {
      FunctionsCommand.ListAll.class,
      FunctionsCommand.Invoke.class,
      FunctionsCommand.Stats.class
    })
final class FunctionsCommand {
  private static final int FIRST_ERROR = 400;

  private static JsonNode functions(Common common, AppChoice choice) {
    var server = common.server();
    return server.get(choice.path(server) + "/functions");
  }

  /// `freehold functions list`.
  @Command(name = "list", header = "List the functions of the live release.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var answer = functions(common, choice);
      common.list(
          answer,
          "functions",
          List.of("FUNCTION", "CALLED", "RELEASE", "PROCESSES"),
          row ->
              List.of(
                  row.path("name").asString(),
                  row.path("verify_jwt").asBoolean() ? "with a token" : "by anybody",
                  "v" + row.path("release").asInt(),
                  row.path("processes").asString()),
          "The live release has no functions.");
    }
  }

  /// `freehold functions stats`.
  @Command(
      name = "stats",
      header = "Calls, errors and times of each function since the server started.")
  static final class Stats implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var answer = functions(common, choice);
      common.list(
          answer,
          "functions",
          List.of("FUNCTION", "CALLS", "ERRORS", "COLD", "MEDIAN", "P99", "NOW"),
          row ->
              List.of(
                  row.path("name").asString(),
                  row.path("calls").asString(),
                  row.path("errors").asString(),
                  row.path("cold_starts").asString(),
                  milliseconds(row.path("median_ms")),
                  milliseconds(row.path("p99_ms")),
                  row.path("running").asString()),
          "The live release has no functions.");
    }

    private static String milliseconds(JsonNode time) {
      return String.format(Locale.ROOT, "%.1f ms", time.asDouble());
    }
  }

  /// `freehold functions invoke`.
  @Command(
      name = "invoke",
      header = "Call a function and print its answer.",
      description =
          "The call carries the service key, so that it passes where a token is asked for. The exit"
              + " status is 1 when the answer's status is 400 or more.",
      footer = {
        "Examples:",
        "  freehold functions invoke hello --body '{\"name\":\"Ada\"}'",
        "  freehold functions invoke feed --method GET --path '/rss?limit=3'"
      })
  static final class Invoke implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(
        paramLabel = "FUNCTION",
        arity = "1..2",
        description = "Its name; the app's may stand before it.")
    List<String> words = List.of();

    @Option(names = "--method", paramLabel = "METHOD", description = "Default: POST.")
    String method = "POST";

    @Option(
        names = "--path",
        paramLabel = "PATH",
        description = "What follows its name, with the query.")
    String path = "";

    @Option(
        names = {"-d", "--body"},
        paramLabel = "BODY",
        description = "The body; - reads standard input.")
    @Nullable String data;

    @Option(
        names = "--content-type",
        paramLabel = "TYPE",
        description = "Of the body (default: application/json).")
    String contentType = "application/json";

    @Override
    public void run() {
      var name = choice.without(words, word -> words.size() == 1);
      var server = common.server();
      var body = new LinkedHashMap<String, Object>();
      body.put("method", method.toUpperCase(Locale.ROOT));
      body.put("path", path);
      body.put("content_type", contentType);
      body.put("body", body());
      var where = choice.path(server) + "/functions/" + AppChoice.encoded(name) + "/invoke";
      var answer = server.post(where, body);
      int status = answer.path("status").asInt();
      if (!common.printedAsJson(answer)) {
        common.terminal().say(answer.path("body").asString());
      }
      if (status >= FIRST_ERROR) {
        throw Problem.of("function-failed", name + " answered with status " + status)
            .hint("freehold logs --function " + name + " shows what it wrote")
            .raise();
      }
    }

    private String body() {
      if (data == null) {
        return "";
      }
      return data.equals("-") ? SecretInput.fromStandardInput() : data;
    }
  }
}
