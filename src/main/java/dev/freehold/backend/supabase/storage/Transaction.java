package dev.freehold.backend.supabase.storage;

import dev.freehold.postgres.PostgresException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One transaction under a [Scope]: statements with bound parameters in, records out. The scope's
/// settings go to the server together with the first statement, in one round trip.
final class Transaction {
  private static final String SETTINGS =
      """
      select set_config('search_path', 'storage, public, extensions', true),
        set_config('role', ?, true), set_config('request.jwt.claim.role', ?, true),
        set_config('request.jwt', ?, true), set_config('request.jwt.claim.sub', ?, true),
        set_config('request.jwt.claims', ?, true), set_config('request.headers', ?, true),
        set_config('request.method', ?, true), set_config('request.path', ?, true),
        set_config('storage.operation', ?, true),
        set_config('storage.allow_delete_query', 'true', true);
      """;
  private static final int SETTING_COUNT = 9;

  /// The same as a statement of its own, with its parameters numbered.
  static final String NUMBERED_SETTINGS = numbered();

  private static String numbered() {
    var parts = SETTINGS.strip().replace(";", "").split("\\?", -1);
    var sql = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      sql.append('$').append(i).append(parts[i]);
    }
    return sql.toString();
  }

  /// Reads one row.
  @FunctionalInterface
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private final Connection connection;
  private final Changes changes;
  private @Nullable Scope pending;

  Transaction(Connection connection, Scope scope, Changes changes) {
    this.connection = connection;
    this.changes = changes;
    this.pending = scope;
  }

  /// Where every statement that changes an object or a bucket says so.
  Changes changes() {
    return changes;
  }

  /// What follows runs under another scope.
  void become(Scope scope) {
    pending = scope;
  }

  /// The first row, if there is one.
  <T> Optional<T> one(String sql, Reader<T> reader, @Nullable Object... parameters) {
    var rows = all(sql, reader, parameters);
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  <T> List<T> all(String sql, Reader<T> reader, @Nullable Object... parameters) {
    return execute(
        sql,
        parameters,
        statement -> {
          var list = new ArrayList<T>();
          try (var rows = statement.getResultSet()) {
            while (rows.next()) {
              list.add(reader.read(rows));
            }
          }
          return list;
        });
  }

  /// Runs a statement that answers no rows; returns how many it changed.
  int run(String sql, @Nullable Object... parameters) {
    return execute(sql, parameters, PreparedStatement::getUpdateCount);
  }

  private interface Outcome<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  private <T> T execute(String sql, @Nullable Object[] parameters, Outcome<T> outcome) {
    var scope = pending;
    try (var statement = connection.prepareStatement(scope == null ? sql : SETTINGS + sql)) {
      statement.setEscapeProcessing(false);
      if (scope != null) {
        bindScope(statement, scope);
      }
      bind(statement, scope == null ? 0 : SETTING_COUNT, parameters);
      statement.execute();
      if (scope != null) {
        statement.getMoreResults();
        pending = null;
      }
      return outcome.of(statement);
    } catch (SQLException e) {
      throw PostgresException.of(e);
    }
  }

  private static void bindScope(PreparedStatement statement, Scope scope) throws SQLException {
    var values = scope.settings();
    for (int i = 0; i < SETTING_COUNT; i++) {
      statement.setString(i + 1, values.get(i));
    }
  }

  private void bind(PreparedStatement statement, int before, @Nullable Object[] parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      int at = before + i + 1;
      switch (parameters[i]) {
        case null -> statement.setNull(at, Types.NULL);
        case Instant when ->
            statement.setObject(at, OffsetDateTime.ofInstant(when, ZoneOffset.UTC));
        case UUID id -> statement.setObject(at, id);
        case List<?> texts ->
            statement.setArray(at, connection.createArrayOf("text", texts.toArray()));
        case Map<?, ?> json -> statement.setObject(at, Json.write(json), Types.OTHER);
        case Object value -> statement.setObject(at, value);
      }
    }
  }

  /// A time that may be null.
  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    var at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}
