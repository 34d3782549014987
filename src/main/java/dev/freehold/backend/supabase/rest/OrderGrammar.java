package dev.freehold.backend.supabase.rest;

import java.util.List;

/// `order=`.
final class OrderGrammar {
  private static final Rule<String> END =
      Rule.character(',').map(_ -> "").ahead().attempt().or(Rule.end().attempt());

  private static final Rule<String> DIRECTION =
      after("asc", " ASC").or(after("desc", " DESC")).orElse("");

  private static final Rule<String> NULLS =
      after("nullsfirst", " NULLS FIRST")
          .or(after("nullslast", " NULLS LAST"))
          .orElse("")
          .before(END)
          .or(END);

  private static final Rule<Order> RELATED =
      Names.FIELD_NAME
          .and(
              Rule.character('(').then(Names.FIELD).before(Rule.character(')')),
              (relation, field) -> new Order(relation, field, "", ""))
          .and(DIRECTION, Order::withDirection)
          .and(NULLS, Order::withNulls)
          .attempt();

  private static final Rule<Order> OWN =
      Names.FIELD
          .map(field -> new Order("", field, "", ""))
          .and(DIRECTION, Order::withDirection)
          .and(NULLS, Order::withNulls);

  private static final Rule<List<Order>> TERMS =
      RELATED.or(OWN).spaced().separatedBy1(Rule.character(','));

  private OrderGrammar() {}

  static List<Order> order(String text) {
    return Scanner.read(TERMS, "order (" + text + ")", text);
  }

  private static Rule<String> after(String word, String sql) {
    return Names.DELIMITER.then(Rule.word(word)).map(_ -> sql).attempt();
  }
}
