package dev.freehold.backend.supabase.auth;

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

/// One transaction: statements with bound parameters in, records out.
final class Transaction {
  /// Reads one row.
  @FunctionalInterface
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private final Connection connection;
  private final List<Runnable> afterCommit;

  Transaction(Connection connection, List<Runnable> afterCommit) {
    this.connection = connection;
    this.afterCommit = afterCommit;
  }

  /// Runs the work when the transaction is committed, and not at all when it is not.
  void afterCommit(Runnable work) {
    afterCommit.add(work);
  }

  /// The first row, if there is one.
  <T> Optional<T> one(String sql, Reader<T> reader, @Nullable Object... parameters) {
    var rows = all(sql, reader, parameters);
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  <T> List<T> all(String sql, Reader<T> reader, @Nullable Object... parameters) {
    try (var statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      try (var rows = statement.executeQuery()) {
        var list = new ArrayList<T>();
        while (rows.next()) {
          list.add(reader.read(rows));
        }
        return list;
      }
    } catch (SQLException e) {
      throw PostgresException.of(e);
    }
  }

  /// Runs a statement that answers no rows; returns how many it changed.
  int run(String sql, @Nullable Object... parameters) {
    try (var statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw PostgresException.of(e);
    }
  }

  private void bind(PreparedStatement statement, @Nullable Object[] parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      switch (parameters[i]) {
        case null -> statement.setNull(i + 1, Types.NULL);
        case Instant at -> statement.setObject(i + 1, OffsetDateTime.ofInstant(at, ZoneOffset.UTC));
        case UUID[] ids -> statement.setArray(i + 1, connection.createArrayOf("uuid", ids));
        case Map<?, ?> json -> statement.setObject(i + 1, Json.write(json), Types.OTHER);
        case Object value -> statement.setObject(i + 1, value);
      }
    }
  }
}
