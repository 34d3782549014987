package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Relationship;
import dev.freehold.backend.supabase.rest.schema.Representation;
import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.List;
import java.util.Optional;

/// What is read from one relation, and below it what is embedded.
///
/// @param from the relation, or the statement's own source with an empty schema
/// @param table what is known of it; absent for results of functions that return no known relation
/// @param alias its name inside the statement; empty when it is not renamed
/// @param conditions all of which must hold
record ReadPlan(
    QualifiedName from,
    Optional<Table> table,
    String alias,
    List<Select.Column> columns,
    List<Condition> conditions,
    List<PlannedOrder> orders,
    Window window,
    List<Embedded> embeds) {

  /// An order term.
  ///
  /// @param embed the to-one embed it sorts by, absent for a column of the relation itself
  record PlannedOrder(Order order, Optional<Embedded> embed) {}

  /// What an embed gives to the rows of its parent.
  enum Output {
    /// An object or null under its key.
    OBJECT,
    /// An array of objects under its key.
    ARRAY,
    /// Its columns, spread over the parent's row.
    COLUMNS,
    /// For each of its columns an array of the values.
    LISTS
  }

  /// A relation embedded in another.
  ///
  /// @param key its key in the parent's object
  /// @param joined its name inside the statement
  /// @param inner rows of the parent that have none of these are left out
  /// @param lifted what a spread gives to the parent's row
  record Embedded(
      ReadPlan plan,
      Relationship relationship,
      String key,
      String joined,
      boolean inner,
      Output output,
      List<Lifted> lifted) {

    /// It has no output: it was selected with empty parentheses, for its joining alone.
    boolean silent() {
      return plan.columns().isEmpty() && plan.embeds().stream().allMatch(Embedded::silent);
    }

    boolean spread() {
      return output == Output.COLUMNS || output == Output.LISTS;
    }
  }

  /// A column a spread gives to its parent, or what the first relation above that is no to-one
  /// spread makes of all of them.
  ///
  /// @param name its name in the spread's rows
  /// @param aggregate `sum` and its like, empty for none
  /// @param cast of the aggregate
  /// @param alias of the aggregate
  record Lifted(String name, String aggregate, String cast, String alias) {
    static Lifted plain(String name) {
      return new Lifted(name, "", "", "");
    }
  }

  /// What its columns are qualified with.
  String qualifier() {
    return alias.isEmpty() ? from.sql() : new QualifiedName("", alias).sql();
  }

  /// The same without conditions, read from the statement's own source.
  ReadPlan ofSource(QualifiedName source) {
    return new ReadPlan(source, table, alias, columns, List.of(), orders, window, embeds);
  }

  /// Whether every column and nothing else is read.
  boolean whole() {
    return embeds.isEmpty()
        && columns.size() == 1
        && columns.getFirst().field().column().equals("*");
  }

  boolean aggregates() {
    return columns.stream().anyMatch(c -> !c.aggregate().isEmpty());
  }

  /// How a field's values are shown and read.
  Representation representation(Select.FieldPath field) {
    return column(field.column()).map(Table.Column::representation).orElse(Representation.PLAIN);
  }

  Optional<Table.Column> column(String name) {
    return table.map(t -> t.columns().get(name));
  }
}
