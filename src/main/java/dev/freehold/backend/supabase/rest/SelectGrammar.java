package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Select.Column;
import dev.freehold.backend.supabase.rest.Select.Embed;
import java.util.List;
import java.util.Optional;

/// `select=` and `columns=`.
final class SelectGrammar {
  /// How deep embeds may nest.
  private static final int MAX_DEPTH = 64;

  private static final Rule<?> END =
      Rule.word(")")
          .ahead()
          .attempt()
          .or(Rule.word(",").ahead().attempt())
          .or(Rule.end().attempt());

  private static final Rule<String> ALIAS =
      Names.FIELD_NAME
          .before(
              Rule.character(':')
                  .then(Rule.not(c -> c == ':', List.of(Scanner.Complaint.shown(":")))))
          .attempt()
          .orElse("");

  private static final Rule<String> CAST = Rule.word("::").then(Names.IDENTIFIER).orElse("");

  private static final Rule<String> AGGREGATE =
      Rule.character('.')
          .then(
              Rule.word("sum")
                  .or(Rule.word("avg"))
                  .or(Rule.word("count"))
                  .or(Rule.word("max").attempt())
                  .or(Rule.word("min").attempt()))
          .before(Rule.word("()"))
          .attempt()
          .orElse("");

  private static final Rule<Select> STAR =
      Rule.word("*").before(END).map(_ -> (Select) Column.STAR).attempt();

  private static final Rule<Select> COUNT =
      ALIAS
          .before(Rule.word("count()"))
          .and(CAST, (alias, cast) -> (Select) Column.count(alias, cast))
          .before(END)
          .attempt();

  private static final Rule<Select> FIELD =
      ALIAS
          .and(Names.FIELD, (alias, field) -> new Column(field, "", alias, "", ""))
          .and(CAST, Column::withCast)
          .and(AGGREGATE, Column::withAggregate)
          .and(CAST, Column::withAggregateCast)
          .before(END)
          .map(column -> (Select) column);

  private static final Rule<Select> COLUMN = STAR.or(COUNT).or(FIELD).spaced();

  /// `!inner`, `!left` or a hint.
  private static final Rule<Optional<String>> PARAMETER =
      Rule.character('!')
          .then(
              Rule.word("left")
                  .map(_ -> Embed.LEFT)
                  .attempt()
                  .or(Rule.word("inner").map(_ -> Embed.INNER).attempt())
                  .or(Names.FIELD_NAME.map(name -> "!" + name).attempt()))
          .optional();

  private static final Rule<?> OPENS = Rule.word("(").ahead().attempt();

  private static final Rule<Embed> SPREAD =
      Rule.word("...")
          .then(Names.FIELD_NAME)
          .map(name -> Embed.named("", name, true))
          .and(PARAMETER, Embed::withParameter)
          .and(PARAMETER, Embed::withParameter)
          .before(OPENS)
          .spaced()
          .attempt();

  private static final Rule<Embed> EMBED =
      ALIAS
          .and(
              Names.FIELD_NAME.unless("count"::equals),
              (alias, name) -> Embed.named(alias, name, false))
          .and(PARAMETER, Embed::withParameter)
          .and(PARAMETER, Embed::withParameter)
          .before(OPENS)
          .spaced()
          .attempt();

  private static final Rule<List<String>> COLUMNS =
      Names.FIELD_NAME.separatedBy1(Rule.character(',').spaced());

  private static final Rule<List<Select>> ITEMS = items();

  private SelectGrammar() {}

  static List<Select> select(String text) {
    return Scanner.read(ITEMS, "select parameter (" + text + ")", text);
  }

  static List<String> columns(String what, String text) {
    return Scanner.read(COLUMNS, what + " (" + text + ")", text);
  }

  /// The items at every depth, the rule for each made with that for the next.
  private static Rule<List<Select>> items() {
    Rule<List<Select>> items = Rule.never("fewer levels of embedding");
    for (int depth = MAX_DEPTH; depth >= 0; depth--) {
      var below = Rule.character('(').then(items).before(Rule.character(')'));
      items =
          SPREAD
              .and(below, (embed, inside) -> (Select) embed.withItems(inside))
              .or(EMBED.and(below, (embed, inside) -> (Select) embed.withItems(inside)))
              .or(COLUMN)
              .separatedBy(Rule.character(',').spaced());
    }
    return items;
  }
}
