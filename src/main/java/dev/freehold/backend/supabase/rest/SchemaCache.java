package dev.freehold.backend.supabase.rest;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the database's catalogs said when they were last asked. Immutable.
///
/// @param relationships by the relation they start from
/// @param routines overloads by name
/// @param roleSettings settings a role brings, by role
record SchemaCache(
    Map<QualifiedName, Table> tables,
    Map<QualifiedName, List<Relationship>> relationships,
    Map<QualifiedName, List<Routine>> routines,
    Map<String, List<Routine.Setting>> roleSettings,
    long loadedAtNanos) {

  Optional<Table> table(QualifiedName name) {
    return Optional.ofNullable(tables.get(name));
  }

  List<Relationship> relationshipsOf(QualifiedName table) {
    return relationships.getOrDefault(table, List.of());
  }

  /// @throws RestFailure PGRST205
  Table requireTable(QualifiedName name) {
    var table = tables.get(name);
    if (table != null) {
      return table;
    }
    var names =
        tables.keySet().stream()
            .filter(n -> n.schema().equals(name.schema()))
            .map(QualifiedName::name)
            .toList();
    var near = FuzzyMatch.best(name.name(), names, FuzzyMatch.NAMES);
    throw RestFailure.of(
            404, "PGRST205", "Could not find the table '" + name + "' in the schema cache")
        .hint(
            near.map(n -> "Perhaps you meant the table '" + name.schema() + "." + n + "'")
                .orElse(null));
  }
}
