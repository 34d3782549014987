package dev.freehold.backend.supabase.rest;

import dev.freehold.postgres.Pool;
import java.util.HashSet;
import java.util.Set;

/// The time zones the database knows, asked for once, when a request first prefers one.
final class TimeZones {
  private final Pool pool;
  private volatile Set<String> names = Set.of();

  TimeZones(Pool pool) {
    this.pool = pool;
  }

  boolean knows(String name) {
    if (names.isEmpty()) {
      names = load();
    }
    return names.contains(name);
  }

  private Set<String> load() {
    return pool.with(connection -> {
      try (var statement = connection.createStatement();
          var rows = statement.executeQuery("select name from pg_catalog.pg_timezone_names")) {
        var found = new HashSet<String>();
        while (rows.next()) {
          found.add(rows.getString(1));
        }
        return found;
      }
    });
  }
}
