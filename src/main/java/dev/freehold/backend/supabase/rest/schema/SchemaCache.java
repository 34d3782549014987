package dev.freehold.backend.supabase.rest.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the database's catalogs said when they were last asked. Immutable.
///
/// @param tables the relations of the exposed schemas, but for partitions
/// @param relationships sorted, by where they start
/// @param routines overloads by name, those with the fewest parameters first
/// @param roleSettings settings a role brings, by role
/// @param computedFields names of functions of one row, by the relation whose rows they take
/// @param mediaHandlers what renders results in media types of the database's own
public record SchemaCache(
    Map<QualifiedName, Table> tables,
    Map<Relationship.Origin, List<Relationship>> relationships,
    Map<QualifiedName, List<Routine>> routines,
    Map<String, List<Routine.Setting>> roleSettings,
    Map<QualifiedName, Set<String>> computedFields,
    MediaHandlers mediaHandlers,
    long loadedAtNanos) {

  public Optional<Table> table(QualifiedName name) {
    return Optional.ofNullable(tables.get(name));
  }

  /// @return empty when the relation takes part in no relationship at all
  public Optional<List<Relationship>> relationships(QualifiedName table, String schema) {
    return Optional.ofNullable(relationships.get(new Relationship.Origin(table, schema)));
  }
}
