package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.List;

/// What is written to one table.
sealed interface WritePlan {
  Table table();

  /// The columns the answer needs; `*` for all, empty for none.
  List<String> returning();

  /// New rows.
  ///
  /// @param columns the written ones
  /// @param useDefaults keys that an object lacks take the column's default
  /// @param conflict the columns that decide whether a row is there already, empty for none
  /// @param merge rows that are there are changed, otherwise left as they are
  /// @param keyed the table has a key, or columns were named that decide instead
  /// @param conditions what a row must meet to be written at all; PUT's key
  record Insert(
      Table table,
      Payload.Rows body,
      List<Table.Column> columns,
      boolean useDefaults,
      List<String> conflict,
      boolean merge,
      boolean keyed,
      List<Condition> conditions,
      List<String> returning)
      implements WritePlan {}

  /// Changed rows: those that meet every condition.
  record Update(
      Table table,
      Payload.Rows body,
      List<Table.Column> columns,
      boolean useDefaults,
      List<Condition> conditions,
      List<String> returning)
      implements WritePlan {}

  /// Removes the rows that meet every condition.
  record Delete(Table table, List<Condition> conditions, List<String> returning)
      implements WritePlan {}
}
