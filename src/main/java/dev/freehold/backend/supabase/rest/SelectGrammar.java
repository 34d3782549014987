package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// `select=`, `order=` and `columns=`.
final class SelectGrammar {
  private static final Set<String> AGGREGATES = Set.of("sum", "avg", "count", "max", "min");

  /// How deep embeds may nest.
  private static final int MAX_DEPTH = 64;

  private final Scanner in;

  private SelectGrammar(Scanner in) {
    this.in = in;
  }

  static List<Select> select(String text) {
    var grammar = new SelectGrammar(new Scanner("select parameter", text));
    var items = grammar.items(0);
    grammar.in.expectEnd();
    return items;
  }

  static List<Order> order(String text) {
    var grammar = new SelectGrammar(new Scanner("order", text));
    var terms = new ArrayList<Order>();
    do {
      terms.add(grammar.term());
    } while (grammar.in.take(","));
    grammar.in.expectEnd();
    return List.copyOf(terms);
  }

  static List<String> columns(String what, String text) {
    var in = new Scanner(what, text);
    var names = new ArrayList<String>();
    do {
      in.skipSpaces();
      names.add(in.name());
    } while (in.take(","));
    in.expectEnd();
    return List.copyOf(names);
  }

  private List<Select> items(int depth) {
    if (depth > MAX_DEPTH) {
      throw in.fail("fewer levels of embedding");
    }
    var items = new ArrayList<Select>();
    if (in.done() || in.peek() == ')') {
      return List.of();
    }
    do {
      in.skipSpaces();
      items.add(item(depth));
      in.skipSpaces();
    } while (in.take(","));
    return List.copyOf(items);
  }

  private Select item(int depth) {
    if (in.take("...")) {
      var name = in.name();
      return embed(name, "", true, depth);
    }
    int start = in.position();
    var alias = "";
    if (in.peek() != '*') {
      var first = in.looksAt("count()") ? "" : in.name();
      if (!first.isEmpty() && in.looksAt(":") && !in.looksAt("::")) {
        in.take(":");
        alias = first;
        start = in.position();
      }
      in.moveTo(start);
    }
    if (in.take("count()")) {
      var none = new Select.FieldPath("", List.of());
      return new Select.Column(none, "", alias, "count", cast());
    }
    if (in.take("*")) {
      return new Select.Column(new Select.FieldPath("*", List.of()), "", alias, "", "");
    }
    var name = in.name();
    if (in.peek() == '!' || in.peek() == '(') {
      return embed(name, alias, false, depth);
    }
    return column(new Select.FieldPath(name, in.jsonPath()), alias);
  }

  private Select column(Select.FieldPath field, String alias) {
    var cast = cast();
    var aggregate = "";
    var aggregateCast = "";
    if (in.peek() == '.') {
      in.take(".");
      aggregate = in.name();
      if (!AGGREGATES.contains(aggregate)) {
        throw in.fail("aggregate function");
      }
      in.expect("()", "\"()\"");
      aggregateCast = cast();
    }
    if (!in.done() && in.peek() != ',' && in.peek() != ')' && in.peek() != ' ') {
      throw in.fail("\"->>\", \"->\", \"::\", \".\", \",\" or end of input");
    }
    return new Select.Column(field, cast, alias, aggregate, aggregateCast);
  }

  private String cast() {
    return in.take("::") ? in.typeName() : "";
  }

  private Select embed(String name, String alias, boolean spread, int depth) {
    var hint = "";
    var inner = false;
    while (in.take("!")) {
      var word = in.name();
      switch (word) {
        case "inner" -> inner = true;
        case "left" -> inner = false;
        default -> hint = word;
      }
    }
    in.expect("(", "\"(\"");
    var items = items(depth + 1);
    in.expect(")", "\",\" or \")\"");
    return new Select.Embed(name, alias, hint, inner, spread, items);
  }

  private Order term() {
    in.skipSpaces();
    var relation = "";
    var field = in.field();
    if (in.take("(")) {
      relation = field.column();
      field = in.field();
      in.expect(")", "\")\"");
    }
    var direction = "";
    var nulls = "";
    if (in.take(".asc")) {
      direction = " ASC";
    } else if (in.take(".desc")) {
      direction = " DESC";
    }
    if (in.take(".nullsfirst")) {
      nulls = " NULLS FIRST";
    } else if (in.take(".nullslast")) {
      nulls = " NULLS LAST";
    }
    if (!in.done() && in.peek() != ',') {
      throw in.fail("\",\" or end of input");
    }
    return new Order(relation, field, direction, nulls);
  }
}
