package dev.freehold.backend.supabase.project;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A table of a `config.toml`. A value that is not there, or not of the kind that is asked for, is
/// the one that is usual. `env(NAME)` stands for a variable, and is empty where that is not set.
///
/// @param values as the TOML reader gives them
/// @param variables by name
record Table(Map<String, Object> values, Function<String, Optional<String>> variables) {
  private static final Pattern VARIABLE = Pattern.compile("env\\(([A-Za-z0-9_]+)\\)");

  /// More entries of one list than any project has; the rest is left out.
  private static final int MAX_LIST = 1_000;

  @SuppressWarnings("unchecked")
  Table table(String name) {
    var found = values.get(name);
    var inner = found instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    return new Table((Map<String, Object>) inner, variables);
  }

  /// Each table in it, by its name.
  void tables(BiConsumer<String, Table> each) {
    values.forEach((name, value) -> {
      if (value instanceof Map<?, ?>) {
        each.accept(name, table(name));
      }
    });
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  boolean flag(String name, boolean usual) {
    if (values.get(name) instanceof Boolean value) {
      return value;
    }
    return switch (text(name, "")) {
      case "true" -> true;
      case "false" -> false;
      default -> usual;
    };
  }

  int number(String name, int usual) {
    return values.get(name) instanceof Number value && value.intValue() >= 0
        ? value.intValue()
        : usual;
  }

  /// Seconds as a whole number.
  Duration seconds(String name, Duration usual) {
    int seconds = number(name, -1);
    return seconds < 0 ? usual : Duration.ofSeconds(seconds);
  }

  /// As Go writes durations: `90s`, `1h30m`.
  Duration duration(String name, Duration usual) {
    var text = text(name, "");
    try {
      var found = text.isEmpty() ? usual : Duration.parse("PT" + text);
      return found.isNegative() ? usual : found;
    } catch (DateTimeParseException e) {
      return usual;
    }
  }

  String text(String name, String usual) {
    if (!(values.get(name) instanceof String text)) {
      return usual;
    }
    var matcher = VARIABLE.matcher(text);
    return matcher.matches() ? variables.apply(matcher.group(1)).orElse("") : text;
  }

  List<String> list(String name) {
    var texts = new ArrayList<String>();
    if (values.get(name) instanceof List<?> all) {
      for (@Nullable Object one : all) {
        if (one instanceof String text && texts.size() < MAX_LIST) {
          texts.add(text);
        }
      }
    }
    return texts;
  }
}
