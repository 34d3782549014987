package dev.freehold.backend.supabase.rest.schema;

import java.util.LinkedHashMap;
import tools.jackson.databind.json.JsonMapper;

/// What a database exposes, as JSON for a person who looks for something in it. Its structure may
/// change with any version.
public final class SchemaDump {
  private static final JsonMapper JSON = JsonMapper.shared();

  private SchemaDump() {}

  public static String json(SchemaCache cache) {
    var parts = new LinkedHashMap<String, Object>();
    parts.put("dbTables", cache.tables().values());
    parts.put("dbRelationships", cache.relationships());
    parts.put("dbRoutines", cache.routines().values());
    parts.put("dbRoleSettings", cache.roleSettings());
    return JSON.writeValueAsString(parts);
  }
}
