package dev.freehold.backend.supabase.rest.schema;

import dev.freehold.postgres.Quoting;
import java.util.Comparator;

/// A relation or function by schema and name. An empty schema names something inside a statement.
public record QualifiedName(String schema, String name) {
  static final Comparator<QualifiedName> ORDER =
      Comparator.comparing(QualifiedName::schema).thenComparing(QualifiedName::name);

  public String sql() {
    return Quoting.qualified(schema, name);
  }

  @Override
  public String toString() {
    return schema.isEmpty() ? name : schema + "." + name;
  }
}
