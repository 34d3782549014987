package dev.freehold.postgres.wire;

import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import java.util.List;

/// One statement and its values.
///
/// @param sql one statement, its parameters written `$1`, `$2`, …
/// @param values one for each parameter
public record Query(String sql, List<Value> values) {

  /// @throws PostgresException for a zero byte in the statement, which PostgreSQL would never see
  public Query {
    values = List.copyOf(values);
    if (sql.indexOf('\0') >= 0) {
      throw new PostgresException(
          new PostgresFailure.Refused(
              "22021", "invalid byte sequence for encoding \"UTF8\": 0x00", "", "", ""));
    }
  }

  /// A statement without parameters.
  public static Query of(String sql) {
    return new Query(sql, List.of());
  }
}
