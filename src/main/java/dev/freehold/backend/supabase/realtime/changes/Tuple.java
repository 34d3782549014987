package dev.freehold.backend.supabase.realtime.changes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The values of a row in the order of its table's columns, as PostgreSQL's text output.
///
/// @param cells one a column; empty when there is no row
/// @param keysOnly whether only the columns of the replica identity were sent
record Tuple(List<Cell> cells, boolean keysOnly) {
  static final Tuple NONE = new Tuple(List.of(), false);

  /// One value.
  sealed interface Cell {
    /// @param text PostgreSQL's output of it
    record Value(String text) implements Cell {}

    /// SQL's NULL.
    record Null() implements Cell {}

    /// A large value that an update left as it was, and that was not sent therefore.
    record Unchanged() implements Cell {}
  }

  static final Cell NULL = new Cell.Null();
  static final Cell UNCHANGED = new Cell.Unchanged();

  boolean isPresent() {
    return !cells.isEmpty();
  }

  /// The text of a value; null when it is NULL or was not sent.
  @Nullable String text(int column) {
    return column < cells.size() && cells.get(column) instanceof Cell.Value(var text) ? text : null;
  }

  /// Whether the column's value, NULL included, was sent.
  boolean has(int column) {
    return column < cells.size() && !(cells.get(column) instanceof Cell.Unchanged);
  }

  /// Rough size in memory, in bytes.
  long weight() {
    long sum = 32;
    for (var cell : cells) {
      sum += cell instanceof Cell.Value(var text) ? 56 + text.length() : 8;
    }
    return sum;
  }
}
