package dev.freehold.backend.supabase.realtime.changes;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A change beside its table as it is now: values by a column's name.
final class RowView {
  final Change.Row row;
  final Table table;
  private final Map<String, Integer> places = new HashMap<>();

  RowView(Change.Row row, Table table) {
    this.row = row;
    this.table = table;
    var columns = row.table().columns();
    for (int i = 0; i < columns.size(); i++) {
      places.put(columns.get(i).name(), i);
    }
  }

  Change.Action action() {
    return row.action();
  }

  /// The value after the change. A large one that an update did not touch comes from before, where
  /// that was sent. Null when it is not known.
  Tuple.@Nullable Cell now(String column) {
    var place = places.get(column);
    if (place == null || !row.row().isPresent()) {
      return null;
    }
    var tuple = row.row().has(place) || row.old().keysOnly() ? row.row() : row.old();
    return tuple.has(place) ? tuple.cells().get(place) : null;
  }

  /// The value before the change, as far as the replica identity tells it: by default the primary
  /// key. Null when it is not known.
  Tuple.@Nullable Cell before(String column) {
    var place = places.get(column);
    if (place == null || row.action() == Change.Action.INSERT) {
      return null;
    }
    boolean sent = row.old().isPresent();
    var tuple = sent ? row.old() : row.row();
    boolean known = (sent && !row.old().keysOnly()) || row.table().columns().get(place).key();
    return known && tuple.has(place) ? tuple.cells().get(place) : null;
  }

  /// What filters look at.
  Tuple.@Nullable Cell filtered(String column) {
    return row.action() == Change.Action.DELETE ? before(column) : now(column);
  }

  static @Nullable String text(Tuple.Cell cell) {
    return cell instanceof Tuple.Cell.Value(var text) ? text : null;
  }
}
