package dev.freehold.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/// What is done with a connection while it is borrowed. The connection must not be kept.
@FunctionalInterface
public interface SqlWork<T> {
  T run(Connection connection) throws SQLException;
}
