package dev.freehold.backend.supabase.standalone;

import dev.freehold.backend.supabase.rest.config.ConfigFile;
import dev.freehold.backend.supabase.rest.config.ConfigValue;
import dev.freehold.backend.supabase.rest.config.Configuration;
import dev.freehold.problem.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What an operator has configured about a backend, variables before the file; and the data API's
/// part of it, in PostgREST's names. No value shows in [#toString].
public final class BackendConfiguration {
  /// What a Supabase project has where PostgREST alone has something else.
  private static final Map<String, ConfigValue> SUPABASE =
      Map.of(
          "db-schemas", new ConfigValue.Text("public,graphql_public"),
          "db-extra-search-path", new ConfigValue.Text("public,extensions"),
          "db-anon-role", new ConfigValue.Text("anon"),
          "db-max-rows", new ConfigValue.Text("1000"));

  private final Map<BackendOption, String> values;
  private final Map<String, ConfigValue> dataApi;
  private final Map<String, String> environment;

  private BackendConfiguration(
      Map<BackendOption, String> values,
      Map<String, ConfigValue> dataApi,
      Map<String, String> environment) {
    this.values = values;
    this.dataApi = dataApi;
    this.environment = environment;
  }

  /// @param file absent for the environment alone
  /// @param environment the process's variables
  /// @throws dev.freehold.problem.ProblemException `rest-configuration-unreadable`,
  ///   `rest-configuration-invalid`, `rest-setting-invalid`, `backend-setting-invalid`
  public static BackendConfiguration read(Optional<Path> file, Map<String, String> environment) {
    return of(
        file.map(path -> ConfigFile.read(path, environment::get)).orElse(Map.of()), environment);
  }

  static BackendConfiguration of(Map<String, ConfigValue> file, Map<String, String> environment) {
    var values = new EnumMap<BackendOption, String>(BackendOption.class);
    for (var option : BackendOption.values()) {
      var text = found(option, file, environment);
      if (text != null && !text.isEmpty()) {
        values.put(option, checked(option, text));
      }
    }
    var dataApi = new LinkedHashMap<>(SUPABASE);
    file.forEach((name, value) -> {
      if (BackendOption.named(name).isEmpty()) {
        dataApi.put(name, value);
      }
    });
    return new BackendConfiguration(values, dataApi, environment);
  }

  private static @Nullable String found(
      BackendOption option, Map<String, ConfigValue> file, Map<String, String> environment) {
    var ours = environment.get(option.variable());
    if (ours != null) {
      return ours;
    }
    var theirs = option.gotrueVariable().map(environment::get);
    if (theirs.isPresent()) {
      return theirs.get();
    }
    return switch (file.get(option.word())) {
      case ConfigValue.Text(var text) -> text;
      case ConfigValue.Flag(var on) -> Boolean.toString(on);
      case ConfigValue.Figure(var number) -> number.toPlainString();
      case ConfigValue.Many _ -> throw invalid(option, "it takes one value, not a list").raise();
      case null -> null;
    };
  }

  private static String checked(BackendOption option, String text) {
    switch (option.kind()) {
      case NUMBER -> {
        if (!text.matches("[0-9]{1,9}")) {
          throw invalid(option, "it is a whole number from 0 on").raise();
        }
      }
      case FLAG -> {
        if (!List.of("true", "false").contains(text)) {
          throw invalid(option, "it is true or false").raise();
        }
      }
      case DURATION -> {
        if (duration(text).isEmpty()) {
          throw invalid(option, "it is a duration such as 90s or 1h30m").raise();
        }
      }
      case TEXT, LIST -> {
        // Any text will do.
      }
    }
    return text;
  }

  private static Optional<Duration> duration(String text) {
    try {
      return Optional.of(Duration.parse("PT" + text)).filter(found -> !found.isNegative());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /// A setting that cannot be used; its value may be a secret and is not shown.
  static Problem invalid(BackendOption option, String rule) {
    return Problem.of("backend-setting-invalid", "the setting " + option.word() + " is not usable")
        .detail(rule)
        .hint("freehold backend --example shows every setting");
  }

  /// A setting without which nothing can be served.
  static Problem missing(BackendOption option, String hint) {
    return Problem.of("backend-setting-missing", "the setting " + option.word() + " is missing")
        .detail("it stands in the configuration file or in " + option.variable())
        .hint(hint);
  }

  boolean has(BackendOption option) {
    return values.containsKey(option);
  }

  /// The value, or what is usual; empty for none.
  String text(BackendOption option) {
    return values.getOrDefault(option, option.usual());
  }

  boolean flag(BackendOption option) {
    return text(option).equals("true");
  }

  int number(BackendOption option) {
    return Integer.parseInt(text(option));
  }

  Duration duration(BackendOption option) {
    return duration(text(option)).orElse(Duration.ZERO);
  }

  List<String> list(BackendOption option) {
    return Arrays.stream(text(option).split(",", -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /// The data API's part.
  ///
  /// @param inDatabase what the database holds of it, by names without `pgrst.`
  /// @throws dev.freehold.problem.ProblemException `rest-setting-invalid`
  Configuration dataApi(Map<String, String> inDatabase) {
    return Configuration.of(dataApi, environment, inDatabase);
  }

  /// Names in the file that are no option of ours.
  public List<String> unknown() {
    return dataApi(Map.of()).unknown();
  }

  /// The process's variables.
  Map<String, String> environment() {
    return environment;
  }

  @Override
  public String toString() {
    return "BackendConfiguration[…]";
  }
}
