package dev.freehold.store;

import dev.freehold.problem.Problem;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The control plane's own durable state: one SQLite file, flushed to disk at every commit, that
/// answers while every PostgreSQL is down.
///
/// One connection, one user of it at a time: the control plane writes a few rows per operation.
public final class Store implements AutoCloseable {
  private static final List<String> PRAGMAS =
      List.of(
          "pragma journal_mode = wal",
          "pragma synchronous = full",
          "pragma foreign_keys = on",
          "pragma busy_timeout = 5000",
          "pragma cache_size = -2000");

  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();

  private Store(Connection connection) {
    this.connection = connection;
  }

  /// Opens or makes the file and brings its schema to this version's.
  public static Store open(Path file) {
    try {
      var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try (var statement = connection.createStatement()) {
        for (var pragma : PRAGMAS) {
          statement.execute(pragma);
        }
      }
      var store = new Store(connection);
      store.transaction(() -> {
        StoreVersions.bringUpToDate(store);
        return true;
      });
      return store;
    } catch (SQLException e) {
      throw broken(e);
    }
  }

  /// Makes a value of a row.
  @FunctionalInterface
  public interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  public <T> List<T> list(String sql, Row<T> row, @Nullable Object... arguments) {
    lock.lock();
    try (var statement = prepare(sql, arguments);
        var result = statement.executeQuery()) {
      var rows = new ArrayList<T>();
      while (result.next()) {
        rows.add(row.of(result));
      }
      return List.copyOf(rows);
    } catch (SQLException e) {
      throw broken(e);
    } finally {
      lock.unlock();
    }
  }

  public <T> Optional<T> first(String sql, Row<T> row, @Nullable Object... arguments) {
    return list(sql, row, arguments).stream().findFirst();
  }

  /// Changes rows and answers how many.
  public int write(String sql, @Nullable Object... arguments) {
    lock.lock();
    try (var statement = prepare(sql, arguments)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw broken(e);
    } finally {
      lock.unlock();
    }
  }

  /// Runs the work in one transaction: all of it lasts, or none.
  public <T> T transaction(Supplier<T> work) {
    lock.lock();
    try {
      boolean outermost = connection.getAutoCommit();
      if (!outermost) {
        return work.get();
      }
      connection.setAutoCommit(false);
      try {
        var result = work.get();
        connection.commit();
        return result;
      } catch (RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw broken(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw broken(e);
    } finally {
      lock.unlock();
    }
  }

  private PreparedStatement prepare(String sql, @Nullable Object... arguments) throws SQLException {
    var statement = connection.prepareStatement(sql);
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
    return statement;
  }

  private static RuntimeException broken(SQLException cause) {
    return Problem.of("store-broken", "Freehold's own state could not be read or written")
        .detail(String.valueOf(cause.getMessage()))
        .hint("is the disk full, or the data folder on a file system without locks?")
        .raise(cause);
  }
}
