package dev.freehold.migration;

import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Runs the statements about extensions that hosted databases allow and a plain PostgreSQL does
/// not.
///
/// The PostgreSQL Freehold brings has control files for the stand-ins, which also serve inside `DO`
/// blocks. On the owner's own server those are missing; there the statement is answered by doing
/// nothing, since the objects it would make are part of the prelude.
final class Extensions {
  /// Extensions whose schemas and functions the prelude makes, or whose work needs no SQL object.
  private static final Set<String> STOOD_IN =
      Set.of(
          "pg_cron",
          "pg_net",
          "supabase_vault",
          "pgmq",
          "pgjwt",
          "pgsodium",
          "pg_graphql",
          "pgaudit",
          "pg_stat_monitor",
          "safeupdate");

  private static final Pattern CREATE =
      Pattern.compile("(?is)create extension (?:if not exists )?\"?([a-z0-9_-]+)\"?.*");
  private static final Pattern MOVE =
      Pattern.compile("(?is)alter extension \"?([a-z0-9_-]+)\"? set schema \"?([a-z0-9_]+)\"?\\s*");

  private static final String OURS =
      """
      select (select comment like 'Freehold stand-in%' from pg_available_extensions
        where name = ?)
      """;
  private static final String CAN_MOVE =
      "select to_regprocedure('freehold.move_extension(name,name)') is not null"
          + " and not (select rolsuper from pg_roles where rolname = current_user)";

  private final SchemaSession session;
  private final Set<String> answered = new TreeSet<>();

  Extensions(SchemaSession session) {
    this.session = session;
  }

  void create(SqlStatement statement) throws SQLException {
    var match = CREATE.matcher(statement.code());
    if (!match.matches() || !STOOD_IN.contains(match.group(1))) {
      session.run(statement.text());
      return;
    }
    var name = match.group(1);
    switch (session.value(OURS, name)) {
      // A version or schema of the real one means nothing to ours.
      case "t" -> session.run("create extension if not exists \"" + name + "\"");
      // The owner's server has the real extension.
      case "f" -> session.run(statement.text());
      default -> answered.add(name);
    }
  }

  void move(SqlStatement statement) throws SQLException {
    var match = MOVE.matcher(statement.code());
    if (match.matches() && "t".equals(session.value(CAN_MOVE))) {
      session.value(
          "select freehold.move_extension(?::name, ?::name)", match.group(1), match.group(2));
    } else {
      session.run(statement.text());
    }
  }

  /// Stand-ins the app's SQL asked for, made or only answered.
  Set<String> standIns() throws SQLException {
    var all = new TreeSet<>(session.standIns());
    all.addAll(answered);
    return all;
  }
}
