package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.QueryString.Argument;
import dev.freehold.backend.supabase.rest.QueryString.Placed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a raw query string into a [QueryString].
final class QueryStrings {
  private static final HexDigits HEX = new HexDigits();

  private final boolean functionCall;
  private List<Select> select = List.of(ALL_COLUMNS);
  private final List<Placed<Condition>> conditions = new ArrayList<>();
  private final List<Placed<List<Order>>> orders = new ArrayList<>();
  private final Map<List<String>, Long> limits = new HashMap<>();
  private final Map<List<String>, Long> offsets = new HashMap<>();
  private final List<Argument> arguments = new ArrayList<>();
  private Optional<List<String>> columns = Optional.empty();
  private List<String> onConflict = List.of();

  private static final Select ALL_COLUMNS =
      new Select.Column(new Select.FieldPath("*", List.of()), "", "", "", "");

  private QueryStrings(boolean functionCall) {
    this.functionCall = functionCall;
  }

  /// @param functionCall a function is called by GET: parameters that are no filters are arguments
  static QueryString read(String raw, boolean functionCall) {
    var parameters = parameters(raw);
    var reader = new QueryStrings(functionCall);
    for (var parameter : parameters) {
      reader.take(parameter.name(), parameter.value());
    }
    return new QueryString(
        reader.select,
        reader.conditions,
        reader.orders,
        reader.limits,
        reader.offsets,
        reader.columns,
        reader.onConflict,
        reader.arguments,
        canonical(parameters));
  }

  /// The decoded parameters, in order; a form body has the same syntax.
  static List<Argument> parameters(String raw) {
    if (raw.isEmpty()) {
      return List.of();
    }
    var list = new ArrayList<Argument>();
    int start = 0;
    while (start <= raw.length()) {
      int end = raw.indexOf('&', start);
      end = end < 0 ? raw.length() : end;
      int equals = raw.indexOf('=', start);
      if (equals >= 0 && equals < end) {
        list.add(
            new Argument(
                decode(raw.substring(start, equals)), decode(raw.substring(equals + 1, end))));
      } else if (end > start) {
        list.add(new Argument(decode(raw.substring(start, end)), ""));
      }
      start = end + 1;
    }
    return list;
  }

  private void take(String name, String value) {
    switch (name) {
      case "select" -> select = SelectGrammar.select(value);
      case "columns" -> columns = Optional.of(SelectGrammar.columns("columns parameter", value));
      case "on_conflict" -> onConflict = SelectGrammar.columns("on_conflict parameter", value);
      default -> takeByEnding(name, value);
    }
  }

  private void takeByEnding(String name, String value) {
    var words = path(name);
    var last = words.getLast();
    var before = words.subList(0, words.size() - 1);
    switch (last) {
      case "order" -> {
        if (!value.isEmpty()) {
          orders.add(new Placed<>(before, SelectGrammar.order(value)));
        }
      }
      case "limit" -> number(value).ifPresent(n -> limits.put(before, n));
      case "offset" -> number(value).ifPresent(n -> offsets.put(before, n));
      case "and", "or" -> {
        var negated = !before.isEmpty() && before.getLast().equals("not");
        var embed = negated ? before.subList(0, before.size() - 1) : before;
        conditions.add(new Placed<>(embed, FilterGrammar.tree(negated, last.equals("or"), value)));
      }
      default -> takeFilter(name, value);
    }
  }

  private void takeFilter(String name, String value) {
    var in = new Scanner("filter", name);
    var path = new ArrayList<String>();
    Select.FieldPath field;
    try {
      path.add(in.name());
      while (in.take(".")) {
        path.add(in.name());
      }
      field = new Select.FieldPath(path.removeLast(), in.jsonPath());
      in.expectEnd();
    } catch (RestFailure e) {
      if (functionCall) {
        arguments.add(new Argument(name, value));
        return;
      }
      throw e;
    }
    if (!functionCall) {
      conditions.add(new Placed<>(List.copyOf(path), FilterGrammar.filter(field, value)));
      return;
    }
    FilterGrammar.filterOrArgument(field, value)
        .ifPresentOrElse(
            filter -> conditions.add(new Placed<>(List.copyOf(path), filter)),
            () -> arguments.add(new Argument(name, value)));
  }

  private static List<String> path(String name) {
    if (name.indexOf('.') < 0) {
      return List.of(name);
    }
    var words = new ArrayList<String>();
    int start = 0;
    for (int i = 0; i <= name.length(); i++) {
      if (i == name.length() || name.charAt(i) == '.') {
        var word = name.substring(start, i);
        var quoted = word.length() > 1 && word.startsWith("\"") && word.endsWith("\"");
        words.add(quoted ? word.substring(1, word.length() - 1) : word);
        start = i + 1;
      }
    }
    return words;
  }

  /// A whole number; anything else is no limit, as PostgREST has it.
  private static Optional<Long> number(String value) {
    try {
      return Optional.of(Long.parseLong(value));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var decoded = new byte[bytes.length];
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      int value =
          bytes[i] == '%' && i + 2 < bytes.length ? HEX.pair(bytes[i + 1], bytes[i + 2]) : -1;
      if (value >= 0) {
        decoded[length++] = (byte) value;
        i += 2;
      } else {
        decoded[length++] = bytes[i] == '+' ? (byte) ' ' : bytes[i];
      }
    }
    return new String(decoded, 0, length, StandardCharsets.UTF_8);
  }

  /// Sorted by name, values of one name joined by commas, everything but unreserved characters
  /// percent-encoded.
  private static String canonical(List<Argument> parameters) {
    if (parameters.isEmpty()) {
      return "";
    }
    var sorted = new ArrayList<>(parameters);
    sorted.sort(Comparator.comparing(Argument::name));
    var text = new StringBuilder();
    var previous = "";
    for (var parameter : sorted) {
      if (!text.isEmpty() && parameter.name().equals(previous)) {
        text.append(',');
      } else {
        text.append(text.isEmpty() ? "" : "&");
        encode(text, parameter.name());
        text.append('=');
      }
      encode(text, parameter.value());
      previous = parameter.name();
    }
    return text.toString();
  }

  static void encode(StringBuilder out, String text) {
    for (var b : text.getBytes(StandardCharsets.UTF_8)) {
      var plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || b == '-'
              || b == '_'
              || b == '.'
              || b == '~';
      if (plain) {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.digit(b >> 4)).append(HEX.digit(b));
      }
    }
  }

  /// Hexadecimal digits of percent-encoding (RFC 3986 §2.1).
  private static final class HexDigits {
    private static final String DIGITS = "0123456789ABCDEF";

    /// The byte two digits stand for, -1 when they are no digits.
    int pair(int high, int low) {
      int h = Character.digit(high, 16);
      int l = Character.digit(low, 16);
      return h < 0 || l < 0 ? -1 : h * 16 + l;
    }

    char digit(int value) {
      return DIGITS.charAt(value & 15);
    }
  }
}
