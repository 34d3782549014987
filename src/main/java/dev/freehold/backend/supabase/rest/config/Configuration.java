package dev.freehold.backend.supabase.rest.config;

import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What an operator has configured: PostgREST's options under their names, from the database before
/// the environment before the file, and what is usual for the others.
///
/// A number or a switch that cannot be read counts as not given, as it does for PostgREST; what
/// [Rules] refuses is a problem. No value shows in [#toString].
public final class Configuration {
  private static final String APP_SETTINGS = "app.settings.";
  private static final String APP_SETTINGS_VARIABLE = "PGRST_APP_SETTINGS_";

  private final Map<ConfigOption, String> values;
  private final Map<String, String> appSettings;
  private final List<String> unknown;

  private Configuration(
      Map<ConfigOption, String> values, Map<String, String> appSettings, List<String> unknown) {
    this.values = values;
    this.appSettings = appSettings;
    this.unknown = unknown;
  }

  /// @param file absent for the environment alone
  /// @param environment the process's variables
  /// @param inDatabase settings the database holds, by their names without `pgrst.`
  public static Configuration read(
      Optional<Path> file, Map<String, String> environment, Map<String, String> inDatabase) {
    return of(
        file.map(path -> ConfigFile.read(path, environment::get)).orElse(Map.of()),
        environment,
        inDatabase);
  }

  /// Reads a configuration that lies in no file.
  public static Configuration parse(String text, Map<String, String> environment) {
    return of(ConfigFile.parse(text, environment::get), environment, Map.of());
  }

  /// Reads values that a file held, by their full names.
  public static Configuration of(
      Map<String, ConfigValue> inFile,
      Map<String, String> environment,
      Map<String, String> inDatabase) {
    var values = new EnumMap<ConfigOption, String>(ConfigOption.class);
    for (var option : ConfigOption.values()) {
      var value = found(option, option.word(), inFile, environment, inDatabase);
      if (value == null && !option.alias().isEmpty()) {
        value = found(option, option.alias(), inFile, environment, inDatabase);
      }
      if (value != null) {
        values.put(option, value);
      }
    }
    var app = new TreeMap<String, String>();
    var unknown = new ArrayList<String>();
    inFile.forEach((name, value) -> {
      if (name.startsWith(APP_SETTINGS)) {
        app.put(name, text(value));
      } else if (ConfigOption.named(name).isEmpty()) {
        unknown.add(name);
      }
    });
    environment.forEach((name, value) -> {
      if (name.startsWith(APP_SETTINGS_VARIABLE)) {
        app.put(APP_SETTINGS + name.substring(APP_SETTINGS_VARIABLE.length()), value);
      }
    });
    var read = new Configuration(values, app, unknown);
    Rules.check(read);
    return read;
  }

  /// Null when it is not given, or as good as not given.
  private static @Nullable String found(
      ConfigOption option,
      String word,
      Map<String, ConfigValue> inFile,
      Map<String, String> environment,
      Map<String, String> inDatabase) {
    var outside =
        inDatabase.getOrDefault(
            ConfigOption.databaseName(word), environment.get(ConfigOption.variable(word)));
    var value = outside == null ? inFile.get(word) : new ConfigValue.Text(outside);
    if (value == null) {
      return null;
    }
    return switch (option.kind()) {
      case NUMBER -> number(value);
      case FLAG -> flag(value);
      case TEXT -> text(value).isEmpty() ? null : text(value);
      // An empty search path is meant; any other empty list counts as not given.
      case LIST ->
          text(value).isEmpty() && option != ConfigOption.DB_EXTRA_SEARCH_PATH ? null : text(value);
    };
  }

  /// What is no string is shown as PostgREST shows it.
  private static String text(ConfigValue value) {
    return switch (value) {
      case ConfigValue.Text(var text) -> text;
      case ConfigValue.Flag(var on) -> "Bool " + (on ? "True" : "False");
      case ConfigValue.Figure(var number) -> "Number " + number.doubleValue();
      case ConfigValue.Many(var many) -> "List " + many.stream().map(Configuration::text).toList();
    };
  }

  private static @Nullable String number(ConfigValue value) {
    try {
      return switch (value) {
        case ConfigValue.Text(var text) -> Long.toString(Long.parseLong(text.strip()));
        case ConfigValue.Figure(var number) -> Long.toString(number.longValueExact());
        case ConfigValue.Flag _, ConfigValue.Many _ -> null;
      };
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable String flag(ConfigValue value) {
    return switch (value) {
      case ConfigValue.Flag(var on) -> Boolean.toString(on);
      case ConfigValue.Text(var text) -> flag(text);
      case ConfigValue.Figure _, ConfigValue.Many _ -> null;
    };
  }

  private static @Nullable String flag(String text) {
    var letters = text.replaceAll("[^\\p{L}]", "").toLowerCase(Locale.ROOT);
    if (letters.equals("true") || letters.equals("false")) {
      return letters;
    }
    var number = number(new ConfigValue.Text(text));
    return number == null ? null : Boolean.toString(Long.parseLong(number) > 0);
  }

  /// The value, or what is usual; empty for none.
  public String text(ConfigOption option) {
    return values.getOrDefault(option, option.usual());
  }

  public boolean flag(ConfigOption option) {
    return text(option).equals("true");
  }

  public OptionalLong number(ConfigOption option) {
    var text = text(option);
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
  }

  /// What stands between the commas; nothing of an empty text.
  public List<String> list(ConfigOption option) {
    var text = text(option);
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  /// The function an option names; without a schema the search path finds it.
  public Optional<QualifiedName> function(ConfigOption option) {
    var name = text(option);
    int dot = name.indexOf('.');
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(
            dot < 0
                ? new QualifiedName("", name)
                : new QualifiedName(name.substring(0, dot), name.substring(dot + 1)));
  }

  /// `app.settings.NAME` by their whole names.
  public Map<String, String> appSettings() {
    return appSettings;
  }

  /// Names in the file that are no option of ours.
  public List<String> unknown() {
    return unknown;
  }

  @Override
  public String toString() {
    return "Configuration[…]";
  }
}
