package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.QueryString.Argument;
import dev.freehold.backend.supabase.rest.QueryString.Placed;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a raw query string into a [QueryString].
final class QueryStrings {
  private static final HexDigits HEX = new HexDigits();

  /// Limits and offsets beyond this are taken for it, so that their sum is a number of 64 bits.
  private static final long MOST_ROWS = 1L << 61;

  /// The other side of a parameter's name, absent when the parameter has no `=`.
  private record Parameter(String name, Optional<String> value) {
    Argument filled() {
      return new Argument(name, value.orElse(""));
    }
  }

  private QueryStrings() {}

  /// Reads in PostgREST's order: what is wrong first in it is what the answer complains of.
  ///
  /// @param functionCall a function is called by GET: parameters that are no filters are arguments
  /// @throws RestFailure PGRST100
  static QueryString read(String raw, boolean functionCall) {
    var parameters = split(raw);
    var given = new ArrayList<Argument>();
    for (var parameter : parameters) {
      parameter.value().ifPresent(value -> given.add(new Argument(parameter.name(), value)));
    }
    var orders = new ArrayList<Placed<List<Order>>>();
    for (var order : ending(given, "order")) {
      var path = FilterGrammar.target(order.name()).embed();
      orders.add(new Placed<>(path, OrderGrammar.order(order.value())));
    }
    var conditions = new ArrayList<Placed<Condition>>();
    for (var argument : given) {
      if (lastWord(argument.name()).equals("and") || lastWord(argument.name()).equals("or")) {
        conditions.add(FilterGrammar.tree(argument.name(), argument.value()));
      }
    }
    var columns =
        first(parameters, "columns").map(text -> SelectGrammar.columns("columns parameter", text));
    var select = SelectGrammar.select(first(parameters, "select").orElse("*"));
    var arguments = new ArrayList<Argument>();
    for (var argument : given) {
      if (isFilter(argument.name())) {
        filter(argument, functionCall, conditions, arguments);
      }
    }
    var onConflict =
        first(parameters, "on_conflict")
            .map(text -> SelectGrammar.columns("on_conflict parameter", text))
            .orElse(List.of());
    return new QueryString(
        select, conditions, orders, windows(given), columns, onConflict, arguments);
  }

  /// The decoded parameters, in order; a form body has the same syntax.
  static List<Argument> parameters(String raw) {
    return split(raw).stream().map(Parameter::filled).toList();
  }

  private static List<Parameter> split(String raw) {
    var list = new ArrayList<Parameter>();
    int start = 0;
    while (start < raw.length()) {
      int end = start;
      int equals = -1;
      while (end < raw.length() && raw.charAt(end) != '&' && raw.charAt(end) != ';') {
        equals = equals < 0 && raw.charAt(end) == '=' ? end : equals;
        end++;
      }
      list.add(
          equals < 0
              ? new Parameter(decode(raw.substring(start, end)), Optional.empty())
              : new Parameter(
                  decode(raw.substring(start, equals)),
                  Optional.of(decode(raw.substring(equals + 1, end)))));
      start = end + 1;
    }
    return list;
  }

  private static Optional<String> first(List<Parameter> parameters, String name) {
    for (var parameter : parameters) {
      if (parameter.name().equals(name)) {
        return parameter.value();
      }
    }
    return Optional.empty();
  }

  private static String lastWord(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static List<Argument> ending(List<Argument> given, String word) {
    return given.stream().filter(argument -> lastWord(argument.name()).equals(word)).toList();
  }

  private static boolean isFilter(String name) {
    return switch (lastWord(name)) {
      case "order", "limit", "offset", "and", "or" -> false;
      default -> !(name.equals("select") || name.equals("columns") || name.equals("on_conflict"));
    };
  }

  private static void filter(
      Argument parameter,
      boolean functionCall,
      List<Placed<Condition>> conditions,
      List<Argument> arguments) {
    var target = FilterGrammar.target(parameter.name());
    if (!functionCall) {
      var filter = FilterGrammar.filter(target.field(), parameter.value());
      conditions.add(new Placed<>(target.embed(), filter));
      return;
    }
    FilterGrammar.filterOrArgument(target.field(), parameter.value())
        .ifPresentOrElse(
            filter -> conditions.add(new Placed<>(target.embed(), filter)),
            () -> arguments.add(new Argument(target.field().column(), parameter.value())));
  }

  /// The windows that `limit` and `offset` ask for. A limit that is no number is none, but with an
  /// offset it leaves nothing.
  private static Map<List<String>, Window> windows(List<Argument> given) {
    var windows = new LinkedHashMap<List<String>, Window>();
    for (var limit : ending(given, "limit")) {
      windows.put(
          FilterGrammar.target(limit.name()).embed(),
          new Window(0, number(limit.value()).orElse(Window.NO_LIMIT)));
    }
    var offsets = new LinkedHashMap<List<String>, Long>();
    for (var offset : ending(given, "offset")) {
      offsets.put(FilterGrammar.target(offset.name()).embed(), number(offset.value()).orElse(0L));
    }
    offsets.forEach((path, offset) -> {
      var limit = windows.get(path);
      windows.put(
          path,
          new Window(
              offset,
              limit == null
                  ? Window.NO_LIMIT
                  : limit.limit() == Window.NO_LIMIT ? 0 : limit.limit()));
    });
    return windows;
  }

  /// A whole number, one beyond 64 bits being the last within them.
  private static Optional<Long> number(String value) {
    try {
      var number = new BigInteger(value.strip());
      return Optional.of(
          number
              .min(BigInteger.valueOf(MOST_ROWS))
              .max(BigInteger.valueOf(-MOST_ROWS))
              .longValue());
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

  /// The canonical form of a query, for `Content-Location`: sorted by name, values of one name
  /// joined by commas, everything but unreserved characters percent-encoded.
  static String canonical(String raw) {
    var parameters = split(raw);
    if (parameters.isEmpty()) {
      return "";
    }
    var sorted = new ArrayList<>(parameters.stream().map(Parameter::filled).toList());
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
