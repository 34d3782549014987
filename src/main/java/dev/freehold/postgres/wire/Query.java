package dev.freehold.postgres.wire;

import java.util.List;

/// One statement and its values.
///
/// @param sql one statement, its parameters written `$1`, `$2`, …
/// @param values one for each parameter
public record Query(String sql, List<Value> values) {

  public Query {
    values = List.copyOf(values);
  }

  /// A statement without parameters.
  public static Query of(String sql) {
    return new Query(sql, List.of());
  }
}
