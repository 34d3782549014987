package dev.freehold.postgres.wire;

import java.util.List;
import java.util.Optional;

/// What a batch gave.
///
/// @param rows the rows of each of its statements, in their order
/// @param large the last column of the last row, when it is too large to be held in memory; that
///   column is null in the row then
public record Reply(List<List<Row>> rows, Optional<LargeValue> large) {

  /// The only row of one statement.
  ///
  /// @throws IllegalStateException when there is none
  public Row row(int statement) {
    var found = rows.get(statement);
    if (found.isEmpty()) {
      throw new IllegalStateException("the statement gave no row");
    }
    return found.getFirst();
  }
}
