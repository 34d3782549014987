package dev.freehold.backend.supabase.rest.config;

import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.postgres.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The settings a database holds for the role that enters it (`db-config`): what `ALTER ROLE … SET
/// pgrst.NAME` says, in this database before in all of them, and before both what the function of
/// `db-pre-config` sets with `set_config`.
public final class DatabaseSettings {
  private static final String PREFIX = "pgrst.";

  private static final String OF_ROLE =
      """
      select substr(s.entry, 1, strpos(s.entry, '=') - 1), substr(s.entry, strpos(s.entry, '=') + 1)
      from pg_catalog.pg_db_role_setting held
      join pg_catalog.pg_roles r on r.oid = held.setrole
      cross join lateral unnest(held.setconfig) s(entry)
      where r.rolname = current_user
        and (held.setdatabase = 0 or held.setdatabase =
             (select d.oid from pg_catalog.pg_database d where d.datname = current_database()))
      order by held.setdatabase <> 0
      """;

  private static final String OF_SESSION = "select current_setting(?, true)";

  private DatabaseSettings() {}

  /// @param preConfig the function of `db-pre-config`
  /// @return values by their names without `pgrst.`
  /// @throws dev.freehold.postgres.PostgresException when the database cannot be asked
  public static Map<String, String> read(Pool pool, Optional<QualifiedName> preConfig) {
    return pool.transaction(connection -> {
      connection.setReadOnly(true);
      var found = new HashMap<String, String>();
      if (preConfig.isPresent()) {
        byFunction(connection, preConfig.get(), found);
      }
      try (var statement = connection.createStatement();
          var rows = statement.executeQuery(OF_ROLE)) {
        while (rows.next()) {
          var name = rows.getString(1);
          if (known(name)) {
            found.put(name.substring(PREFIX.length()), rows.getString(2));
          }
        }
      }
      return found;
    });
  }

  private static boolean known(String name) {
    return Arrays.stream(ConfigOption.values())
        .filter(ConfigOption::inDatabase)
        .anyMatch(option -> name.equals(PREFIX + ConfigOption.databaseName(option.word())));
  }

  private static void byFunction(
      Connection connection, QualifiedName function, Map<String, String> found)
      throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("select " + function.sql() + "()");
    }
    try (var statement = connection.prepareStatement(OF_SESSION)) {
      for (var option : ConfigOption.values()) {
        var name = ConfigOption.databaseName(option.word());
        if (option.inDatabase()) {
          statement.setString(1, PREFIX + name);
          try (var row = statement.executeQuery()) {
            row.next();
            var value = row.getString(1);
            // A setting that an earlier transaction made and lost is left empty.
            if (value != null && !value.isEmpty()) {
              found.put(name, value);
            }
          }
        }
      }
    }
  }
}
