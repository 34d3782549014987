package dev.freehold.target.thishost;

import dev.freehold.backend.supabase.auth.hook.Hook;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.postgres.PostgresException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Looks whether functions of the database that hooks name are there and may be called, as the role
/// that calls them.
final class HookCheck {
  /// What became of one look.
  enum Found {
    CALLABLE,
    FORBIDDEN,
    MISSING
  }

  private static final Duration WAIT = Duration.ofSeconds(5);

  /// A hook's function takes one argument.
  private static final String LOOK =
      """
      select coalesce(bool_or(
               has_schema_privilege(p.pronamespace, 'usage')
               and has_function_privilege(p.oid, 'execute')), false),
             count(*) > 0
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = ? and p.proname = ? and p.pronargs - p.pronargdefaults <= 1
        and p.pronargs >= 1
      """;

  private HookCheck() {}

  /// @param database as the auth server enters it
  /// @throws PostgresException when it cannot be asked
  static Map<Hook.Function, Found> look(Database database, List<Hook.Function> functions) {
    var found = new LinkedHashMap<Hook.Function, Found>();
    try (var pool = Pool.open(database, PoolLimits.occasional(1, WAIT))) {
      for (var function : functions) {
        found.put(function, look(pool, function));
      }
      if (functions.isEmpty()) {
        boolean unused = pool.with(connection -> connection.isValid((int) WAIT.toSeconds()));
      }
    }
    return found;
  }

  private static Found look(Pool pool, Hook.Function function) {
    return pool.with(connection -> {
      try (var statement = connection.prepareStatement(LOOK)) {
        statement.setString(1, function.schema());
        statement.setString(2, function.function());
        try (var row = statement.executeQuery()) {
          boolean one = row.next();
          if (!one || !row.getBoolean(2)) {
            return Found.MISSING;
          }
          return row.getBoolean(1) ? Found.CALLABLE : Found.FORBIDDEN;
        }
      }
    });
  }
}
