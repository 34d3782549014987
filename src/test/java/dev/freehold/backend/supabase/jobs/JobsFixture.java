package dev.freehold.backend.supabase.jobs;

import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.RolePasswords;
import dev.freehold.postgres.Database;
import dev.freehold.testing.TestPostgres;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A prepared database, and what is in it as text.
final class JobsFixture {
  static final RolePasswords PASSWORDS = new RolePasswords("p1", "p2", "p3", "p4", "p5");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private JobsFixture() {}

  static Database prepared() {
    var database = TestPostgres.create();
    Prelude.apply(database, PASSWORDS);
    return database;
  }

  static JobLogins logins(Database database) {
    return new JobLogins(() -> database.as("postgres", "p1"));
  }

  /// Runs the script; the last query's rows, their values joined by `|`.
  static List<String> rows(Database database, String script) {
    var properties = database.properties();
    properties.setProperty("preferQueryMode", "simple");
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), properties);
        var statement = connection.createStatement()) {
      boolean query = statement.execute(script);
      var last = new ArrayList<String>();
      while (query || statement.getUpdateCount() >= 0) {
        if (query) {
          last.clear();
          var rows = statement.getResultSet();
          while (rows.next()) {
            var values = new ArrayList<String>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              values.add(String.valueOf(rows.getString(i)));
            }
            last.add(String.join("|", values));
          }
        }
        query = statement.getMoreResults();
      }
      return last;
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage() + " " + e.getSQLState(), e);
    }
  }

  /// Asks again until the answer is the wanted one, or patience ends; the last answer.
  static List<String> awaited(Database database, String query, String... wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var found = rows(database, query);
      if (found.equals(List.of(wanted)) || System.nanoTime() > deadline) {
        return found;
      }
      try {
        Thread.sleep(30);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
