package dev.freehold.backend.supabase.rest.schema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the rows of one question to the catalogs, whose only parameters are lists of names.
final class Rows {
  private Rows() {}

  /// What is done with each row.
  interface Reader {
    void take(ResultSet row) throws SQLException;
  }

  /// @param lists the statement's parameters, each an array of text
  static void each(Connection connection, String sql, List<List<String>> lists, Reader reader)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < lists.size(); i++) {
        var names = lists.get(i).toArray(String[]::new);
        statement.setArray(i + 1, connection.createArrayOf("text", names));
      }
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          reader.take(rows);
        }
      }
    }
  }

  static List<String> texts(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
