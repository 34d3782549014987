package dev.freehold.backend.supabase.mail;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A value of a template: a path such as `.Data.name`, a string, number or truth value, or one of
/// the functions `and or not eq ne len index print html urlquery`, also through `|` and in
/// parentheses.
///
/// @param function empty for a plain value
record GoExpression(String function, List<GoExpression> arguments, @Nullable Object literal) {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(\"(?:[^\"\\\\]|\\\\.)*\")|(`[^`]*`)|(\\.[A-Za-z0-9_.]*)|(-?[0-9]+(?:\\.[0-9]+)?)"
              + "|([A-Za-z_]+)|([()|]))");
  private static final List<String> FUNCTIONS =
      List.of("and", "or", "not", "eq", "ne", "len", "index", "print", "html", "urlquery");
  private static final String PATH = ".";

  /// @throws IllegalArgumentException with a sentence about what is not understood
  static GoExpression parse(String text) {
    var tokens = new ArrayList<String>();
    var matcher = TOKEN.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new IllegalArgumentException("“" + text + "” is not understood");
      }
      tokens.add(matcher.group().strip());
      at = matcher.end();
    }
    var left = new java.util.ArrayDeque<>(tokens);
    var expression = pipeline(left, text);
    if (!left.isEmpty()) {
      throw new IllegalArgumentException("“" + text + "” is not understood");
    }
    return expression;
  }

  private static GoExpression pipeline(java.util.ArrayDeque<String> tokens, String text) {
    var value = command(tokens, null, text);
    while ("|".equals(tokens.peek())) {
      tokens.remove();
      value = command(tokens, value, text);
    }
    return value;
  }

  /// A function with its operands, the piped value last; or one operand.
  private static GoExpression command(
      java.util.ArrayDeque<String> tokens, @Nullable GoExpression piped, String text) {
    var operands = new ArrayList<GoExpression>();
    var first = tokens.peek();
    var function = "";
    if (first != null && FUNCTIONS.contains(first)) {
      function = tokens.remove();
    }
    while (!tokens.isEmpty() && !tokens.peek().equals("|") && !tokens.peek().equals(")")) {
      operands.add(operand(tokens, text));
    }
    if (piped != null) {
      operands.add(piped);
    }
    if (function.isEmpty()) {
      if (operands.size() != 1) {
        throw new IllegalArgumentException("“" + text + "” is not understood");
      }
      return operands.getFirst();
    }
    int least = function.equals("eq") || function.equals("ne") || function.equals("index") ? 2 : 1;
    if (operands.size() < least) {
      throw new IllegalArgumentException(function + " lacks a value in “" + text + "”");
    }
    return new GoExpression(function, List.copyOf(operands), null);
  }

  private static GoExpression operand(java.util.ArrayDeque<String> tokens, String text) {
    var token = tokens.remove();
    char first = token.charAt(0);
    if (token.equals("(")) {
      var inner = pipeline(tokens, text);
      if (!")".equals(tokens.poll())) {
        throw new IllegalArgumentException("a ) is missing in “" + text + "”");
      }
      return inner;
    }
    if (first == '.') {
      return new GoExpression(PATH, List.of(), token);
    }
    if (first == '"') {
      return literal(
          token.substring(1, token.length() - 1).replace("\\n", "\n").replaceAll("\\\\(.)", "$1"));
    }
    if (first == '`') {
      return literal(token.substring(1, token.length() - 1));
    }
    if (first == '-' || Character.isDigit(first)) {
      return literal(new BigDecimal(token));
    }
    return switch (token) {
      case "true" -> literal(true);
      case "false" -> literal(false);
      case "nil" -> new GoExpression("", List.of(), null);
      default -> throw new IllegalArgumentException("there is no function “" + token + "”");
    };
  }

  private static GoExpression literal(Object value) {
    return new GoExpression("", List.of(), value);
  }

  @Nullable Object value(Map<String, Object> variables) {
    return switch (function) {
      case "" -> literal;
      case PATH -> path(String.valueOf(literal), variables);
      case "not" -> !isTrue(argument(0, variables));
      case "and" -> firstThat(false, variables);
      case "or" -> firstThat(true, variables);
      case "eq" -> {
        var wanted = argument(0, variables);
        yield arguments.stream().skip(1).anyMatch(a -> same(wanted, a.value(variables)));
      }
      case "ne" -> !same(argument(0, variables), argument(1, variables));
      case "len" -> length(argument(0, variables));
      case "index" -> index(variables);
      case "urlquery" -> MailEscape.query(print(argument(0, variables)));
      default -> print(argument(0, variables));
    };
  }

  private @Nullable Object argument(int number, Map<String, Object> variables) {
    return arguments.get(number).value(variables);
  }

  /// The first argument that is true, or false; otherwise the last.
  private @Nullable Object firstThat(boolean isTrue, Map<String, Object> variables) {
    Object last = null;
    for (var argument : arguments) {
      last = argument.value(variables);
      if (isTrue(last) == isTrue) {
        return last;
      }
    }
    return last;
  }

  private @Nullable Object index(Map<String, Object> variables) {
    var value = argument(0, variables);
    for (int i = 1; i < arguments.size(); i++) {
      var key = argument(i, variables);
      value =
          switch (value) {
            case Map<?, ?> map -> map.get(print(key));
            case List<?> list
                when key instanceof BigDecimal number
                    && number.intValue() >= 0
                    && number.intValue() < list.size() ->
                list.get(number.intValue());
            case null, default -> null;
          };
    }
    return value;
  }

  private static @Nullable Object path(String path, Map<String, Object> variables) {
    Object value = variables;
    for (var name : path.split("\\.")) {
      if (!name.isEmpty()) {
        value = value instanceof Map<?, ?> map ? map.get(name) : null;
      }
    }
    return value;
  }

  private static Object length(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case Map<?, ?> map -> map.size();
      case Collection<?> list -> list.size();
      default -> print(value).length();
    };
  }

  private static boolean same(@Nullable Object one, @Nullable Object other) {
    return Objects.equals(one, other) || print(one).equals(print(other));
  }

  /// Go's rule: false, zero, nothing and what is empty is not true.
  static boolean isTrue(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean truth -> truth;
      case Number number -> number.doubleValue() != 0;
      case Map<?, ?> map -> !map.isEmpty();
      case Collection<?> list -> !list.isEmpty();
      default -> !value.toString().isEmpty();
    };
  }

  static String print(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
