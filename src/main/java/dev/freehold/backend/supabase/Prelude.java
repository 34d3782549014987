package dev.freehold.backend.supabase;

import dev.freehold.digest.Digest;
import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes an empty PostgreSQL database what an app's SQL expects of a Supabase database: its roles,
/// schemas, default privileges, publications, `auth.uid()` and its like, Storage's and Realtime's
/// tables, and the SQL faces of pg_cron, pg_net, Vault and pgmq.
///
/// Each part is a file of SQL beside this class that can be run again. A database remembers the
/// digest of every part it has (`freehold.prelude`), so that a second run costs two round trips and
/// a newer Freehold brings only what changed. All parts run in one transaction: the prelude is
/// whole or absent.
public final class Prelude {
  private static final String ADMIN = "supabase_admin";
  private static final String OWNER = "postgres";
  private static final String ROLES = "roles.sql";
  private static final String AUTH = "auth.sql";

  /// Hands over what [#AUTH] made, so it runs again whenever that has.
  private static final String AUTH_OWNER = "auth-owner.sql";

  /// In this order.
  private static final List<Part> PARTS =
      List.of(
          new Part("schemas.sql", ADMIN, "pg_catalog"),
          new Part(AUTH, ADMIN, "auth, extensions, public"),
          new Part(AUTH_OWNER, ADMIN, "pg_catalog"),
          new Part("storage.sql", "supabase_storage_admin", "pg_catalog"),
          new Part("storage-listing.sql", "supabase_storage_admin", "pg_catalog"),
          new Part("realtime.sql", "supabase_realtime_admin", "pg_catalog"),
          new Part("publications.sql", ADMIN, "pg_catalog"),
          new Part("cron.sql", ADMIN, "pg_catalog"),
          new Part("net.sql", ADMIN, "pg_catalog"),
          new Part("vault.sql", ADMIN, "pg_catalog"),
          new Part("functions.sql", "supabase_functions_admin", "pg_catalog"),
          new Part("pgmq.sql", OWNER, "pg_catalog"),
          new Part("mail-queue.sql", ADMIN, "pg_catalog"),
          new Part("watches.sql", ADMIN, "pg_catalog"));

  /// One at a time in a database; the number is arbitrary and ours.
  private static final String LOCK = "select pg_advisory_xact_lock(7166420315)";

  private static final String REMEMBERED =
      """
      create schema if not exists freehold authorization supabase_admin;
      create table if not exists freehold.prelude (
        part text primary key,
        digest text not null,
        applied_at timestamptz not null default now()
      );
      alter table freehold.prelude owner to supabase_admin;
      """;

  private static final String REMEMBER =
      """
      insert into freehold.prelude (part, digest) values (?, ?)
      on conflict (part) do update set digest = excluded.digest, applied_at = now()
      """;

  private Prelude() {}

  /// Brings the database up to this version's prelude and sets the login roles' passwords, except
  /// those of superusers and of the role that entered.
  ///
  /// @param superuser the database, entered as a superuser
  /// @throws dev.freehold.problem.ProblemException `prelude-failed`
  public static void apply(Database superuser, RolePasswords passwords) {
    var properties = superuser.properties();
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("ApplicationName", "freehold prelude");
    try (var connection = DriverManager.getConnection(superuser.jdbcUrl(), properties)) {
      connection.setAutoCommit(false);
      execute(connection, "set client_min_messages = warning; set check_function_bodies = off");
      execute(connection, LOCK);
      bringUp(connection);
      setPasswords(connection, passwords);
      connection.commit();
    } catch (SQLException e) {
      throw failed(superuser, e);
    }
  }

  /// The database as the role that runs the app's own SQL: `postgres`, which is no superuser where
  /// we made it. On a server of the owner's own, `postgres` usually is the superuser and keeps its
  /// password; there the app's SQL runs as the superuser that was given.
  ///
  /// @throws dev.freehold.problem.ProblemException `prelude-failed` when it cannot be asked
  public static Database owner(Database superuser, RolePasswords passwords) {
    try (var connection =
        DriverManager.getConnection(superuser.jdbcUrl(), superuser.properties())) {
      return ownersRoles(connection).contains(OWNER)
          ? superuser
          : superuser.as(OWNER, passwords.postgres());
    } catch (SQLException e) {
      throw failed(superuser, e);
    }
  }

  private static void setPasswords(Connection connection, RolePasswords passwords)
      throws SQLException {
    var random = new SecureRandom();
    var notOurs = ownersRoles(connection);
    for (var role : passwords.byRole().entrySet()) {
      if (!notOurs.contains(role.getKey())) {
        // The verifier holds no quote, and the role is one of ours.
        execute(
            connection,
            "alter role %s password '%s'"
                .formatted(role.getKey(), ScramVerifier.of(role.getValue(), random)));
      }
    }
  }

  /// Superusers, and who we came in as: their passwords are not ours to change.
  private static Set<String> ownersRoles(Connection connection) throws SQLException {
    var names = new HashSet<String>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select rolname from pg_roles where rolsuper or rolname = session_user")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static void bringUp(Connection connection) throws SQLException {
    var known = remembered(connection);
    run(connection, known, new Part(ROLES, "none", "pg_catalog"));
    for (var part : PARTS) {
      boolean ran = run(connection, known, part);
      if (ran && part.resource().equals(AUTH)) {
        known.remove(AUTH_OWNER);
      }
    }
  }

  private static Map<String, String> remembered(Connection connection) throws SQLException {
    var known = new HashMap<String, String>();
    try (var statement = connection.createStatement()) {
      try (var rows =
          statement.executeQuery("select to_regclass('freehold.prelude') is not null")) {
        if (!rows.next() || !rows.getBoolean(1)) {
          return known;
        }
      }
      try (var rows = statement.executeQuery("select part, digest from freehold.prelude")) {
        while (rows.next()) {
          known.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return known;
  }

  /// Runs the part unless the database has it already; says whether it ran.
  private static boolean run(Connection connection, Map<String, String> known, Part part)
      throws SQLException {
    var sql = text(part.resource());
    var digest = Digest.SHA_256.hex(sql);
    if (digest.equals(known.get(part.resource()))) {
      return false;
    }
    try {
      execute(connection, "set local role " + part.role());
      execute(connection, "set local search_path = " + part.searchPath());
      execute(connection, sql);
      execute(connection, "set local role none; set local search_path = pg_catalog");
    } catch (SQLException e) {
      throw failed(part.resource(), e);
    }
    if (part.resource().equals(ROLES)) {
      execute(connection, REMEMBERED);
    }
    try (var remember = connection.prepareStatement(REMEMBER)) {
      remember.setString(1, part.resource());
      remember.setString(2, digest);
      remember.executeUpdate();
    }
    return true;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  private static String text(String resource) {
    try (var stream = Prelude.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is not part of this build");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RuntimeException failed(Object where, SQLException cause) {
    return Problem.of("prelude-failed", "the database could not be prepared for a Supabase app")
        .detail(where + ": " + cause.getMessage())
        .hint("it needs PostgreSQL 15 or newer, entered as a superuser")
        .raise(cause);
  }

  /// One file of SQL.
  ///
  /// @param role who runs it and owns what it makes; `none` for the superuser that logged in
  /// @param searchPath what unqualified names mean while it runs
  private record Part(String resource, String role, String searchPath) {}
}
