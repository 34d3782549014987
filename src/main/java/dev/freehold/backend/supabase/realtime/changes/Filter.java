package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One condition of a binding: `column=op.value`, `column=not.op.value`.
///
/// @param value as written; of `in` an array literal
/// @param elements the values of `in`, as PostgreSQL writes them; empty otherwise
record Filter(String column, String op, String value, boolean negate, List<String> elements) {
  static final int MAX_ELEMENTS = 100;

  private static final Set<String> OPERATORS =
      Set.of(
          "eq",
          "neq",
          "lt",
          "lte",
          "gt",
          "gte",
          "in",
          "like",
          "ilike",
          "is",
          "match",
          "imatch",
          "isdistinct");

  /// What can be said without asking PostgreSQL.
  enum Verdict {
    PASSES,
    FAILS,
    ASK
  }

  /// A filter that cannot be read; the message is upstream's.
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  /// Reads filters, separated by commas and all to be met.
  static List<Filter> parse(String text) throws Unreadable {
    var filters = new ArrayList<Filter>();
    if (text.isBlank()) {
      return filters;
    }
    for (var part : split(text.strip())) {
      filters.add(one(part.strip()));
    }
    return filters;
  }

  private static Filter one(String part) throws Unreadable {
    if (part.isEmpty()) {
      throw new Unreadable("filter must not contain empty segments (check for extra commas)");
    }
    int equals = part.indexOf('=');
    if (equals < 0) {
      throw new Unreadable("[\"" + part + "\"]");
    }
    var condition = part.substring(equals + 1);
    boolean negate = condition.startsWith("not.");
    if (negate) {
      condition = condition.substring("not.".length());
    }
    int dot = condition.indexOf('.');
    if (dot < 0) {
      throw new Unreadable("[\"" + condition + "\"]");
    }
    var op = condition.substring(0, dot);
    var value = condition.substring(dot + 1);
    if (!OPERATORS.contains(op)) {
      throw new Unreadable("[\"" + op + "\", \"" + value + "\"]");
    }
    if (op.equals("in")) {
      if (value.length() < 2 || !value.startsWith("(") || !value.endsWith(")")) {
        throw new Unreadable("`in` filter value must be wrapped by parentheses");
      }
      value = "{" + value.substring(1, value.length() - 1) + "}";
    } else {
      value = unquoted(value);
    }
    return new Filter(part.substring(0, equals), op, value, negate, List.of());
  }

  /// At commas outside of parentheses and of values in double quotes.
  private static List<String> split(String text) {
    var parts = new ArrayList<String>();
    var part = new StringBuilder();
    int depth = 0;
    boolean quoted = false;
    char before = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c == '\\' && i + 1 < text.length()) {
          part.append(c);
          c = text.charAt(++i);
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"' && (before == '.' || before == '(' || before == ',')) {
        quoted = true;
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth = Math.max(0, depth - 1);
      } else if (c == ',' && depth == 0) {
        parts.add(part.toString());
        part.setLength(0);
        before = 0;
        continue;
      }
      part.append(c);
      before = c;
    }
    parts.add(part.toString());
    return parts;
  }

  private static String unquoted(String value) {
    if (!value.startsWith("\"")) {
      return value;
    }
    var plain = new StringBuilder();
    for (int i = 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        return i == value.length() - 1 ? plain.toString() : value;
      }
      if (c == '\\' && i + 1 < value.length()) {
        c = value.charAt(++i);
      }
      plain.append(c);
    }
    return value;
  }

  /// The same with the value as PostgreSQL writes it.
  Filter canonical(String written, List<String> elementsWritten) {
    return new Filter(column, op, written, negate, elementsWritten);
  }

  /// Whether a value meets the condition, by SQL's rules: NULL meets none but `is` and
  /// `isdistinct`.
  Verdict test(ColumnType type, @Nullable String actual) {
    if (op.equals("is")) {
      return said(is(actual) != negate);
    }
    if (actual == null) {
      return said(op.equals("isdistinct") && !negate);
    }
    return switch (type.comparison()) {
      case ASKED -> Verdict.ASK;
      case EXACT -> exact(actual);
      case INTEGER -> integer(actual);
    };
  }

  private static Verdict said(boolean passes) {
    return passes ? Verdict.PASSES : Verdict.FAILS;
  }

  private boolean is(@Nullable String actual) {
    return switch (value) {
      case "true" -> actual != null && actual.startsWith("t");
      case "false" -> actual != null && actual.startsWith("f");
      default -> actual == null; // `null`, and `unknown` of a boolean
    };
  }

  private Verdict exact(String actual) {
    return switch (op) {
      case "eq" -> said(actual.equals(value) != negate);
      case "neq", "isdistinct" -> said(!actual.equals(value) != negate);
      case "in" -> said(elements.contains(actual) != negate);
      default -> Verdict.ASK;
    };
  }

  private Verdict integer(String actual) {
    if (op.equals("in")) {
      return said(elements.contains(actual) != negate);
    }
    int order = Long.compare(Long.parseLong(actual), Long.parseLong(value));
    return switch (op) {
      case "eq" -> said((order == 0) != negate);
      case "neq", "isdistinct" -> said((order != 0) != negate);
      case "lt" -> said((order < 0) != negate);
      case "lte" -> said((order <= 0) != negate);
      case "gt" -> said((order > 0) != negate);
      case "gte" -> said((order >= 0) != negate);
      default -> Verdict.ASK;
    };
  }

  /// The condition in SQL over two texts to bind: the actual value and this filter's.
  ///
  /// @param type the column's type as SQL, from the catalogs
  String sql(String type) {
    var left = "?::text::" + type;
    var right = "?::text::" + type;
    var condition =
        switch (op) {
          case "eq" -> left + " = " + right;
          case "neq" -> left + " <> " + right;
          case "lt" -> left + " < " + right;
          case "lte" -> left + " <= " + right;
          case "gt" -> left + " > " + right;
          case "gte" -> left + " >= " + right;
          case "like" -> left + " like " + right;
          case "ilike" -> left + " ilike " + right;
          case "match" -> left + " ~ " + right;
          case "imatch" -> left + " ~* " + right;
          case "isdistinct" -> left + " is distinct from " + right;
          case "in" -> left + " = any (" + right + "[])";
          default -> throw new IllegalStateException("no SQL for " + op);
        };
    return (negate ? "not (" : "(") + condition + ")";
  }

  /// What binds to the second place of [#sql].
  String bound() {
    return op.equals("in") ? Quoting.arrayLiteral(elements) : value;
  }

  /// As upstream shows it in messages.
  String shown() {
    return "{\"%s\", \"%s\", \"%s\", %s}"
        .formatted(column, op, value, Boolean.toString(negate).toLowerCase(Locale.ROOT));
  }
}
