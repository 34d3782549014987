package dev.freehold.backend.supabase.realtime.changes;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/// A published table as the catalogs describe it now.
///
/// @param rls whether row level security is enabled
/// @param columns in their order
/// @param selectable a role's name to the columns it may read; filled as roles are asked about
record Table(
    long oid,
    String schema,
    String name,
    boolean rls,
    List<Column> columns,
    Map<String, Set<String>> selectable) {

  /// @param typeName the type's short name, as clients are told
  /// @param sqlType the type as SQL writes it
  /// @param key whether it belongs to the primary key
  record Column(String name, String typeName, String sqlType, ColumnType type, boolean key) {}

  static Table of(long oid, String schema, String name, boolean rls, List<Column> columns) {
    return new Table(oid, schema, name, rls, List.copyOf(columns), new ConcurrentHashMap<>());
  }

  List<Column> keys() {
    return columns.stream().filter(Column::key).toList();
  }

  OptionalInt index(String column) {
    return IntStream.range(0, columns.size())
        .filter(i -> columns.get(i).name().equals(column))
        .findFirst();
  }
}
