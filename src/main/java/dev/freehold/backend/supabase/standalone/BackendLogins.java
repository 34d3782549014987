package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.RolePasswords;
import dev.freehold.backend.supabase.rest.config.ConnectionString;
import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;

/// The database as each server enters it. Their passwords are the one in `db-uri` unless they are
/// given, as in Supabase's self-hosting.
///
/// @param api as `authenticator`
/// @param auth as `supabase_auth_admin`
/// @param storage as `supabase_storage_admin`
/// @param superuser as `db-uri` enters when that is a superuser: who may work jobs off
/// @param owner as the role that runs the App's own SQL
record BackendLogins(
    Database api,
    Database auth,
    Database storage,
    Optional<Database> superuser,
    Supplier<Database> owner) {
  private static final String STATE =
      """
      select
        (select rolsuper from pg_roles where rolname = current_user),
        to_regclass('auth.users') is not null
          and (select count(*) = 3 from pg_roles
            where rolname in ('authenticator', 'supabase_auth_admin', 'supabase_storage_admin')
              and rolcanlogin)
      """;

  /// Brings the prelude where it is asked for: `prelude = true`, or nothing said and `db-uri`
  /// enters as a superuser.
  ///
  /// @throws dev.freehold.problem.ProblemException `prelude-failed`, `backend-prelude-refused`,
  ///   `backend-database-unprepared`, `backend-database-unreachable`, `backend-setting-missing`
  static BackendLogins prepare(BackendConfiguration configuration) {
    if (!configuration.has(DB_URI)) {
      throw BackendConfiguration.missing(
              DB_URI, "db-uri = \"postgresql://USER:PASSWORD@HOST:PORT/NAME\"")
          .raise();
    }
    var owner = ConnectionString.read(configuration.text(DB_URI), configuration.environment());
    var api = password(configuration, AUTHENTICATOR_PASSWORD, owner);
    var auth = password(configuration, AUTH_ADMIN_PASSWORD, owner);
    var storage = password(configuration, STORAGE_ADMIN_PASSWORD, owner);
    var wanted = configuration.text(PRELUDE);
    var other = owner.password();
    var passwords = new RolePasswords(other, api, auth, storage, other);
    Optional<Database> superuser = Optional.empty();
    if (!wanted.equals("false")) {
      var state = State.of(owner);
      if (state.superuser()) {
        superuser = Optional.of(owner);
        Prelude.apply(owner, passwords);
      } else if (wanted.equals("true")) {
        throw refused(owner).raise();
      } else if (!state.prepared()) {
        throw unprepared(owner).raise();
      }
    }
    return new BackendLogins(
        owner.as("authenticator", api),
        owner.as("supabase_auth_admin", auth),
        owner.as("supabase_storage_admin", storage),
        superuser,
        () -> Prelude.owner(owner, passwords));
  }

  private static String password(
      BackendConfiguration configuration, BackendOption option, Database owner) {
    return configuration.has(option) ? configuration.text(option) : owner.password();
  }

  private static Problem refused(Database owner) {
    return Problem.of(
            "backend-prelude-refused", owner.user() + " may not prepare the database, as asked")
        .detail(owner + ": it makes roles, among them a superuser; only a superuser may")
        .hint(
            "start once with a superuser in db-uri; where the database is prepared already, set"
                + " prelude = false");
  }

  private static Problem unprepared(Database owner) {
    return Problem.of(
            "backend-database-unprepared", "the database is not prepared for a Supabase app")
        .detail(
            owner
                + ": there is no auth.users, or no login authenticator, supabase_auth_admin or"
                + " supabase_storage_admin, and "
                + owner.user()
                + " is no superuser who could make them")
        .hint("start once with a superuser in db-uri");
  }

  /// What the database is like before anything is done to it.
  private record State(boolean superuser, boolean prepared) {
    static State of(Database database) {
      try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
          var statement = connection.createStatement();
          var row = statement.executeQuery(STATE)) {
        return row.next()
            ? new State(row.getBoolean(1), row.getBoolean(2))
            : new State(false, false);
      } catch (SQLException e) {
        throw Problem.of("backend-database-unreachable", "the database cannot be entered")
            .detail(database + ": " + e.getMessage())
            .hint("check db-uri; with prelude = false the server starts without asking first")
            .raise(e);
      }
    }
  }
}
