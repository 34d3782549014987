package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Condition.Operator;
import dev.freehold.backend.supabase.rest.Condition.Quantifier;
import dev.freehold.backend.supabase.rest.Condition.Test;
import dev.freehold.backend.supabase.rest.Select.FieldPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `column=not.operator.value`, and the trees of `and=(…)` and `or=(…)`.
final class FilterGrammar {
  /// How deep `and` and `or` may nest.
  private static final int MAX_DEPTH = 64;

  private static final Rule<Boolean> NOT =
      Rule.word("not").then(Names.DELIMITER).map(_ -> true).attempt().orElse(false);

  private static final Rule<List<String>> LIST =
      Rule.character('(')
          .spaced()
          .then(
              quotedBefore()
                  .or(Rule.any(c -> c != ',' && c != ')', List.of()))
                  .separatedBy1(Rule.character(',')))
          .before(Rule.character(')').spaced());

  private static final Rule<String> IS =
      is("null", "NULL")
          .or(is("not_null", "NOT NULL"))
          .or(is("true", "TRUE"))
          .or(is("false", "FALSE"))
          .or(is("unknown", "UNKNOWN"))
          .named("isVal: (null, not_null, true, false, unknown)");

  private static final Rule<String> SEARCH =
      search("fts", "to_tsquery")
          .or(search("plfts", "plainto_tsquery"))
          .or(search("phfts", "phraseto_tsquery"))
          .or(search("wfts", "websearch_to_tsquery"));

  private static final Rule<String> LANGUAGE =
      Rule.character('(').then(Names.IDENTIFIER).before(Rule.character(')')).attempt().orElse("");

  private static final Rule<Quantifier> QUANTIFIER =
      Rule.character('(')
          .then(
              Rule.word("any")
                  .map(_ -> Quantifier.ANY)
                  .attempt()
                  .or(Rule.word("all").map(_ -> Quantifier.ALL)))
          .before(Rule.character(')'))
          .attempt()
          .orElse(Quantifier.NONE);

  private static final Rule<Operation> ALONE = operation(Rule.any(_ -> true, List.of()));

  private static final Rule<Operation> IN_TREE =
      operation(quotedBefore().or(array()).or(Rule.any(c -> c != ',' && c != ')', List.of())));

  private static final Rule<Condition> LEAF =
      Names.FIELD
          .before(Names.DELIMITER)
          .and(IN_TREE, (field, operation) -> (Condition) operation.on(field))
          .attempt();

  private static final Rule<Boolean> NEGATION = NOT.named("negation operator (not)");

  private static final Rule<Boolean> OR =
      Rule.word("and")
          .map(_ -> false)
          .attempt()
          .or(Rule.word("or").map(_ -> true))
          .named("logic operator (and, or)");

  private static final Rule<Condition> TREE = tree();

  private static final Rule<List<String>> PATH = Names.FIELD_NAME.separatedBy1(Names.DELIMITER);

  private static final Rule<Target> TARGET =
      PATH.and(
          Names.JSON_PATH,
          (path, steps) ->
              new Target(
                  List.copyOf(path.subList(0, path.size() - 1)),
                  new FieldPath(path.getLast(), steps)));

  private FilterGrammar() {}

  /// The name of a parameter: the embed it is about and a field of it.
  record Target(List<String> embed, FieldPath field) {}

  /// What is asked of a field.
  private record Operation(boolean negated, Test test) {
    Condition.Filter on(FieldPath field) {
      return new Condition.Filter(field, negated, test);
    }
  }

  static Target target(String name) {
    return Scanner.read(TARGET, "tree path (" + name + ")", name);
  }

  /// Reads the value of one filter parameter.
  static Condition.Filter filter(FieldPath field, String value) {
    return Scanner.read(ALONE, "filter (" + value + ")", value).on(field);
  }

  /// The same, or empty when the value does not even begin as an operation: then it is a function's
  /// argument.
  static Optional<Condition.Filter> filterOrArgument(FieldPath field, String value) {
    return Scanner.readIfBegun(ALONE, "filter (" + value + ")", value)
        .map(operation -> operation.on(field));
  }

  /// Reads a parameter whose name ends in `and` or `or`.
  static QueryString.Placed<Condition> tree(String name, String value) {
    var path = Scanner.read(PATH, "logic path (" + name + ")", name);
    var embed = new ArrayList<>(path.subList(0, path.size() - 1));
    embed.removeIf("not"::equals);
    var text = (path.contains("not") ? "not." : "") + path.getLast() + value;
    var condition = Scanner.read(TREE, "logic tree (" + value + ")", text);
    return new QueryString.Placed<>(List.copyOf(embed), condition);
  }

  /// Trees of every depth, the rule for each made with that for the next.
  private static Rule<Condition> tree() {
    Rule<Condition> tree = Rule.never("fewer levels of logic");
    for (int depth = MAX_DEPTH; depth >= 0; depth--) {
      var parts =
          Rule.character('(')
              .spaced()
              .then(tree.separatedBy1(Rule.character(',').spaced()))
              .before(Rule.character(')').spaced());
      tree =
          LEAF.or(
              NEGATION
                  .and(OR, (negated, or) -> new Condition.Group(negated, or, List.of()))
                  .and(parts, Condition.Group::of));
    }
    return tree;
  }

  private static Rule<Operation> operation(Rule<String> value) {
    var in = Rule.word("in").then(Names.DELIMITER).attempt().then(LIST);
    var is = Rule.word("is").then(Names.DELIMITER).attempt().then(IS);
    var distinct = Rule.word("isdistinct").then(Names.DELIMITER).attempt().then(value);
    var search =
        SEARCH
            .and(LANGUAGE, (function, language) -> new Condition.Search(function, language, ""))
            .before(Names.DELIMITER)
            .and(value, (begun, text) -> (Test) begun.of(text))
            .attempt();
    var test =
        in.map(values -> (Test) new Condition.In(values.equals(List.of("")) ? List.of() : values))
            .or(is.map(Condition.Is::new))
            .or(distinct.map(Condition.IsDistinct::new))
            .or(search)
            .or(comparison(false, Rule.value(Quantifier.NONE), value))
            .or(comparison(true, QUANTIFIER, value))
            .named("operator (eq, gt, ...)");
    return NOT.and(test, Operation::new);
  }

  private static Rule<Test> comparison(
      boolean quantifiable, Rule<Quantifier> quantifier, Rule<String> value) {
    Rule<Operator> operator = Rule.<Operator>never("unknown single value operator");
    for (var each : Operator.values()) {
      if (each.quantifiable() == quantifiable) {
        operator = operator.or(Rule.word(each.word()).map(_ -> each).attempt());
      }
    }
    return operator
        .and(quantifier, (found, many) -> new Condition.Compare(found, many, ""))
        .before(Names.DELIMITER)
        .and(value, (begun, text) -> (Test) begun.of(text))
        .attempt();
  }

  private static Rule<String> search(String word, String function) {
    return Rule.word(word).map(_ -> function).attempt();
  }

  /// A word in small or capital letters.
  private static Rule<String> is(String word, String sql) {
    Rule<String> rule = Rule.value(sql);
    for (int i = word.length() - 1; i >= 0; i--) {
      int small = word.charAt(i);
      var shown = Scanner.Complaint.shown(Character.toString(small));
      var capital = Scanner.Complaint.shown(Character.toString(small).toUpperCase(Locale.ROOT));
      rule =
          Rule.one(c -> c == small || c == Character.toUpperCase(small), List.of(shown, capital))
              .then(rule);
    }
    return rule.attempt();
  }

  /// A text in quotes that ends the value.
  private static Rule<String> quotedBefore() {
    return Names.QUOTED.before(Rule.not(c -> c != ',' && c != ')', List.of())).attempt();
  }

  /// An array literal keeps its commas.
  private static Rule<String> array() {
    return Rule.word("{")
        .and(Rule.any(c -> c != '{' && c != '}', List.of()), String::concat)
        .and(Rule.word("}"), String::concat)
        .attempt();
  }
}
