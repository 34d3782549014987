package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// `freehold env`.
@Command(
    name = "env",
    header = "Keep an app's plain settings.",
    description =
        "They are given to its build and to its server process. For anything that nobody may read,"
            + " use freehold secrets.",
    subcommands = {EnvCommand.Set.class, EnvCommand.ListAll.class, EnvCommand.Rm.class})
final class EnvCommand {

  /// `freehold env set`.
  @Command(name = "set", header = "Set plain settings; they take effect with the next deploy.")
  static final class Set implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(paramLabel = "NAME=VALUE", arity = "1..*", description = "One or more settings.")
    List<String> settings = List.of();

    @Override
    public void run() {
      var server = common.server();
      var path = choice.path(server) + "/variables/";
      var values = parsed();
      values.forEach(
          (name, value) -> server.put(path + AppChoice.encoded(name), Map.of("value", value)));
      if (!common.printedAsJson(JsonMapper.shared().valueToTree(Map.of("set", values.keySet())))) {
        common
            .terminal()
            .say(
                String.join(", ", values.keySet())
                    + (values.size() == 1 ? " is set. It takes" : " are set. They take")
                    + " effect with the next deploy.");
      }
    }

    /// All of them, before the first is set.
    private Map<String, String> parsed() {
      var values = new LinkedHashMap<String, String>();
      for (var setting : settings) {
        int equals = setting.indexOf('=');
        if (equals < 1) {
          throw Problem.of("setting-invalid", "a setting is NAME=VALUE")
              .detail("nothing was set")
              .hint("for example: freehold env set VITE_SITE_NAME=Salon")
              .raise();
        }
        values.put(setting.substring(0, equals), setting.substring(equals + 1));
      }
      return values;
    }
  }

  /// `freehold env list`.
  @Command(name = "list", header = "List the plain settings.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/variables");
      if (common.printedAsJson(answer)) {
        return;
      }
      var rows = new ArrayList<List<String>>();
      for (var entry : answer.path("variables").properties()) {
        rows.add(List.of(entry.getKey(), entry.getValue().asString()));
      }
      if (rows.isEmpty()) {
        common.terminal().say("No setting. Set one: freehold env set NAME=VALUE");
      } else {
        common.terminal().table(List.of("NAME", "VALUE"), rows);
      }
    }
  }

  /// `freehold env rm`.
  @Command(name = "rm", header = "Remove a plain setting.")
  static final class Rm implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(paramLabel = "NAME", description = "The setting.")
    String name = "";

    @Override
    public void run() {
      var server = common.server();
      var answer = server.delete(choice.path(server) + "/variables/" + AppChoice.encoded(name));
      if (!common.printedAsJson(answer)) {
        common.terminal().say(name + " is removed. It takes effect with the next deploy.");
      }
    }
  }
}
