package dev.freehold.migration;

import dev.freehold.postgres.Database;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/// Which files of an export a database has applied already, for a plan. Only reads.
public final class AppliedFiles {
  private static final String VERSIONS =
      "select version from supabase_migrations.schema_migrations";

  private AppliedFiles() {}

  /// File names below `folder`; none when the database cannot be asked.
  public static Set<String> in(Database database, Path folder) {
    var versions = new HashSet<String>();
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(VERSIONS)) {
      while (rows.next()) {
        versions.add(rows.getString(1));
      }
    } catch (SQLException e) {
      // A plan only informs: what is applied is asked again, under a lock, when it is carried out.
      return Set.of();
    }
    return SchemaFile.in(folder).stream()
        .filter(file -> versions.contains(file.version()))
        .map(SchemaFile::fileName)
        .collect(Collectors.toSet());
  }
}
