package dev.freehold.backend.supabase.rest.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the database's catalogs said when they were last asked. Immutable.
///
/// @param relationships by the relation they start from
/// @param routines overloads by name
/// @param roleSettings settings a role brings, by role
/// @param mediaHandlers what renders results in media types of the database's own
public record SchemaCache(
    Map<QualifiedName, Table> tables,
    Map<QualifiedName, List<Relationship>> relationships,
    Map<QualifiedName, List<Routine>> routines,
    Map<String, List<Routine.Setting>> roleSettings,
    MediaHandlers mediaHandlers,
    long loadedAtNanos) {

  public Optional<Table> table(QualifiedName name) {
    return Optional.ofNullable(tables.get(name));
  }

  public List<Relationship> relationshipsOf(QualifiedName table) {
    return relationships.getOrDefault(table, List.of());
  }
}
