package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Condition.Operator;
import dev.freehold.backend.supabase.rest.Condition.Quantifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `column=not.operator.value`, and the trees of `and=(…)` and `or=(…)`.
final class FilterGrammar {
  private static final Map<String, Operator> OPERATORS =
      Stream.of(Operator.values()).collect(Collectors.toUnmodifiableMap(Operator::word, o -> o));

  private static final Map<String, String> SEARCHES =
      Map.of(
          "fts", "to_tsquery",
          "plfts", "plainto_tsquery",
          "phfts", "phraseto_tsquery",
          "wfts", "websearch_to_tsquery");

  private static final Map<String, String> IS =
      Map.of(
          "null", "NULL",
          "not_null", "NOT NULL",
          "true", "TRUE",
          "false", "FALSE",
          "unknown", "UNKNOWN");

  private static final String WANTED = "\"not\" or operator (eq, gt, ...)";

  /// How deep `and` and `or` may nest.
  private static final int MAX_DEPTH = 64;

  private final Scanner in;
  private final boolean inTree;

  private FilterGrammar(Scanner in, boolean inTree) {
    this.in = in;
    this.inTree = inTree;
  }

  /// Reads the value of one filter parameter.
  static Condition.Filter filter(Select.FieldPath field, String value) {
    var grammar = new FilterGrammar(new Scanner("filter", value), false);
    var filter = grammar.operation(field);
    grammar.in.expectEnd();
    return filter;
  }

  /// The same, or empty when the value is no operation: then it is a function's argument.
  static Optional<Condition.Filter> filterOrArgument(Select.FieldPath field, String value) {
    int dot = value.indexOf('.');
    int open = value.indexOf('(');
    int end = open >= 0 && open < dot ? open : dot;
    var word = end < 0 ? "" : value.substring(0, end);
    if (!isOperation(word)) {
      return Optional.empty();
    }
    try {
      return Optional.of(filter(field, value));
    } catch (RestFailure e) {
      return Optional.empty();
    }
  }

  private static boolean isOperation(String word) {
    return switch (word) {
      case "not", "in", "is", "isdistinct" -> true;
      default -> OPERATORS.containsKey(word) || SEARCHES.containsKey(word);
    };
  }

  /// Reads `(a.eq.1,or(…))` of an `and`, `or`, `not.and` or `not.or` parameter.
  static Condition.Group tree(boolean negated, boolean or, String value) {
    var shown = (negated ? "not." : "") + (or ? "or" : "and") + value;
    var in = new Scanner("logic tree", shown);
    in.moveTo(shown.length() - value.length());
    var grammar = new FilterGrammar(in, true);
    var group = grammar.group(negated, or, 0);
    in.expectEnd();
    return group;
  }

  private Condition.Group group(boolean negated, boolean or, int depth) {
    if (depth > MAX_DEPTH) {
      throw in.fail("fewer levels of logic");
    }
    in.expect("(", "\"(\"");
    var parts = new ArrayList<Condition>();
    do {
      in.skipSpaces();
      parts.add(part(depth));
      in.skipSpaces();
    } while (in.take(","));
    in.expect(")", "\",\" or \")\"");
    return new Condition.Group(negated, or, List.copyOf(parts));
  }

  private Condition part(int depth) {
    int start = in.position();
    var negated = in.take("not.");
    if (in.looksAt("and(") || in.looksAt("or(")) {
      var or = in.take("or");
      if (!or) {
        in.take("and");
      }
      return group(negated, or, depth + 1);
    }
    in.moveTo(start);
    var field = in.field();
    in.expect(".", "\".\"");
    return operation(field);
  }

  private Condition.Filter operation(Select.FieldPath field) {
    int start = in.position();
    var negated = in.take("not.");
    int wordStart = in.position();
    var word = in.until(".(");
    var test = test(word);
    if (test.isEmpty()) {
      in.moveTo(negated ? wordStart : start);
      throw in.fail(WANTED);
    }
    return new Condition.Filter(field, negated, test.get());
  }

  private Optional<Condition.Test> test(String word) {
    if (word.equals("in")) {
      in.expect(".", "\".\"");
      return Optional.of(new Condition.In(list()));
    }
    if (word.equals("is")) {
      in.expect(".", "\".\"");
      return Optional.of(is());
    }
    if (word.equals("isdistinct")) {
      in.expect(".", "\".\"");
      return Optional.of(new Condition.IsDistinct(value()));
    }
    var search = SEARCHES.get(word);
    if (search != null) {
      var language = in.take("(") ? in.until(")") : "";
      if (!language.isEmpty()) {
        in.expect(")", "\")\"");
      }
      in.expect(".", "\".\"");
      return Optional.of(new Condition.Search(search, language, value()));
    }
    var operator = OPERATORS.get(word);
    return operator == null ? Optional.empty() : Optional.of(compare(operator));
  }

  private Condition.Compare compare(Operator operator) {
    var quantifier = Quantifier.NONE;
    if (in.peek() == '(') {
      if (operator.quantifiable() && in.take("(any)")) {
        quantifier = Quantifier.ANY;
      } else if (operator.quantifiable() && in.take("(all)")) {
        quantifier = Quantifier.ALL;
      } else {
        throw in.fail("\".\"");
      }
    }
    in.expect(".", "\".\"");
    var value = value();
    return new Condition.Compare(
        operator, quantifier, operator.pattern() ? value.replace('*', '%') : value);
  }

  private Condition.Is is() {
    int start = in.position();
    var word = inTree ? in.until(",)") : in.rest();
    var sql = IS.get(word.strip().toLowerCase(Locale.ROOT));
    if (sql == null) {
      in.moveTo(start);
      throw in.fail("isVal: (null, not_null, true, false, unknown)");
    }
    in.moveTo(start + word.length());
    return new Condition.Is(sql);
  }

  private String value() {
    if (!inTree) {
      var all = in.rest();
      in.moveTo(in.position() + all.length());
      return all;
    }
    if (in.quotedEndsBefore(",)")) {
      return in.quoted();
    }
    if (in.peek() == '{') {
      return nested('{', '}');
    }
    return in.until(",)");
  }

  /// An array or range literal inside a tree keeps its commas.
  private String nested(char open, char close) {
    var literal = new StringBuilder();
    int depth = 0;
    do {
      if (in.done()) {
        throw in.fail("\"" + close + "\"");
      }
      var c = in.peek();
      if (c == '"') {
        int start = in.position();
        in.quoted();
        literal.append(in.between(start));
        continue;
      }
      depth += c == open ? 1 : c == close ? -1 : 0;
      literal.append(c);
      in.moveTo(in.position() + 1);
    } while (depth > 0);
    return literal.toString();
  }

  private List<String> list() {
    in.expect("(", "\"(\"");
    var values = new ArrayList<String>();
    if (in.take(")")) {
      return List.of();
    }
    do {
      in.skipSpaces();
      values.add(in.quotedEndsBefore(",)") ? in.quoted() : in.until(",)"));
    } while (in.take(","));
    in.expect(")", "\",\" or \")\"");
    return List.copyOf(values);
  }
}
