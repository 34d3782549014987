package dev.freehold.migration;

import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// One connection under which an app's schema migrations run, with the history they leave behind.
///
/// Beside Supabase's own `supabase_migrations.schema_migrations` it keeps two tables of Freehold's:
/// how far a file came that cannot be one transaction, and which statements were left out.
final class SchemaSession implements AutoCloseable {
  /// Startup options, to which `RESET ALL` returns before each file. No statement of a schema needs
  /// longer, and none may wait for ever for a lock.
  private static final String OPTIONS =
      "-c search_path=\"$user\",\\ public,\\ extensions"
          + " -c statement_timeout=30min -c lock_timeout=60s -c client_min_messages=warning"
          + " -c idle_in_transaction_session_timeout=10min"
          // By this name the database knows whose changes of scheduled jobs belong to a Release.
          + " -c application_name=freehold\\ schema\\ migrations";

  private static final String HISTORY =
      """
      create schema if not exists supabase_migrations;
      create table if not exists supabase_migrations.schema_migrations (
        version text primary key, statements text[], name text);
      create table if not exists supabase_migrations.freehold_progress (
        version text primary key, statements integer not null, digest text not null);
      create table if not exists supabase_migrations.freehold_skipped (
        version text not null, file text not null, ordinal integer not null,
        line integer not null, excerpt text not null, statement text not null,
        sql_state text not null, reason text not null, retried boolean not null default false,
        primary key (version, ordinal));
      """;

  /// One run at a time in a database; the number is arbitrary and ours.
  private static final String LOCK = "select pg_try_advisory_lock(7166420316)";

  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(3);
  private static final Duration LOCK_PAUSE = Duration.ofMillis(50);

  private static final String RECORD =
      """
      insert into supabase_migrations.schema_migrations (version, name, statements)
      values (?, ?, ?)
      """;
  private static final String PROGRESS =
      """
      insert into supabase_migrations.freehold_progress (version, statements, digest)
      values (?, ?, ?)
      on conflict (version) do update
        set statements = excluded.statements, digest = excluded.digest
      """;
  private static final String SKIP =
      """
      insert into supabase_migrations.freehold_skipped
        (version, file, ordinal, line, excerpt, statement, sql_state, reason)
      values (?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (version, ordinal) do update
        set reason = excluded.reason, sql_state = excluded.sql_state
      """;
  private static final String SKIPPED =
      """
      select version, file, ordinal, line, excerpt, sql_state, reason, statement
      from supabase_migrations.freehold_skipped where not (retried and ?) order by file, ordinal
      """;
  private static final String STAND_INS =
      """
      select e.extname from pg_extension e
      join pg_available_extensions a on a.name = e.extname
      where a.comment like 'Freehold stand-in%' order by 1
      """;

  private final Connection connection;

  private SchemaSession(Connection connection) {
    this.connection = connection;
  }

  static SchemaSession open(Database database) throws SQLException {
    var properties = database.properties();
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("ApplicationName", "freehold schema migrations");
    properties.setProperty("options", OPTIONS);
    var session = new SchemaSession(DriverManager.getConnection(database.jdbcUrl(), properties));
    if (!session.locked()) {
      session.close();
      throw Problem.of("migration-running", "schema migrations are being run already")
          .detail(database.toString())
          .raise();
    }
    session.run(HISTORY);
    session.connection.setAutoCommit(false);
    return session;
  }

  /// The server lets go of a lock only when it notices that its client is gone, so we ask for a
  /// while.
  private boolean locked() throws SQLException {
    long end = System.nanoTime() + LOCK_PATIENCE.toNanos();
    while (!"t".equals(value(LOCK))) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(LOCK_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  void run(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  /// Runs what PostgreSQL refuses inside a transaction. Nothing may be open.
  void runAlone(String sql) throws SQLException {
    connection.setAutoCommit(true);
    try {
      run(sql);
    } finally {
      connection.setAutoCommit(false);
    }
  }

  void commit() throws SQLException {
    connection.commit();
  }

  void rollback() throws SQLException {
    connection.rollback();
  }

  /// Undoes what a file set for its session: settings and role.
  void reset() throws SQLException {
    run("reset session authorization; reset all");
  }

  /// Our own rows are written under our own role, whatever the file set.
  void resetRole() throws SQLException {
    run("reset session authorization");
  }

  /// The first column of the first row; empty when there is none.
  String value(String query, String... parameters) throws SQLException {
    try (var statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (var rows = statement.executeQuery()) {
        return rows.next() ? String.valueOf(rows.getString(1)) : "";
      }
    }
  }

  Set<String> recorded() throws SQLException {
    return names("select version from supabase_migrations.schema_migrations order by 1");
  }

  Set<String> standIns() throws SQLException {
    return names(STAND_INS);
  }

  void record(SchemaFile file, List<String> statements) throws SQLException {
    try (var insert = connection.prepareStatement(RECORD)) {
      insert.setString(1, file.version());
      insert.setString(2, file.name());
      insert.setArray(3, connection.createArrayOf("text", statements.toArray()));
      insert.executeUpdate();
    }
    forgetProgress(file);
  }

  /// How many statements of the file an earlier run committed, if the digest still fits.
  int progress(SchemaFile file) throws SQLException {
    var count =
        value(
            "select statements from supabase_migrations.freehold_progress where version = ?",
            file.version());
    return count.isEmpty() ? 0 : Integer.parseInt(count);
  }

  String progressDigest(SchemaFile file) throws SQLException {
    return value(
        "select digest from supabase_migrations.freehold_progress where version = ?",
        file.version());
  }

  void progress(SchemaFile file, int statements, String digest) throws SQLException {
    try (var upsert = connection.prepareStatement(PROGRESS)) {
      upsert.setString(1, file.version());
      upsert.setInt(2, statements);
      upsert.setString(3, digest);
      upsert.executeUpdate();
    }
  }

  void skip(SchemaFile file, int ordinal, SqlStatement statement, SQLException cause)
      throws SQLException {
    try (var insert = connection.prepareStatement(SKIP)) {
      insert.setString(1, file.version());
      insert.setString(2, file.fileName());
      insert.setInt(3, ordinal);
      insert.setInt(4, statement.line());
      insert.setString(5, statement.excerpt());
      insert.setString(6, statement.text());
      insert.setString(7, String.valueOf(cause.getSQLState()));
      insert.setString(8, SchemaMigrations.reason(cause));
      insert.executeUpdate();
    }
  }

  /// Statements left out, each with its whole text; only those not retried yet when asked so.
  List<SkippedText> skipped(boolean notRetriedOnly) throws SQLException {
    var found = new ArrayList<SkippedText>();
    try (var query = connection.prepareStatement(SKIPPED)) {
      query.setBoolean(1, notRetriedOnly);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(skipped(rows));
        }
      }
    }
    return found;
  }

  void settle(SkippedText waiting, boolean succeeded) throws SQLException {
    var where = " where version = ? and ordinal = ?";
    var sql =
        succeeded
            ? "delete from supabase_migrations.freehold_skipped" + where
            : "update supabase_migrations.freehold_skipped set retried = true" + where;
    try (var change = connection.prepareStatement(sql)) {
      change.setString(1, waiting.skipped().version());
      change.setInt(2, waiting.ordinal());
      change.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private void forgetProgress(SchemaFile file) throws SQLException {
    try (var delete =
        connection.prepareStatement(
            "delete from supabase_migrations.freehold_progress where version = ?")) {
      delete.setString(1, file.version());
      delete.executeUpdate();
    }
  }

  private Set<String> names(String query) throws SQLException {
    var names = new LinkedHashSet<String>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static SkippedText skipped(ResultSet row) throws SQLException {
    var state = row.getString("sql_state");
    var reason = row.getString("reason");
    return new SkippedText(
        new MigrationReport.Skipped(
            row.getString("version"),
            row.getString("file"),
            row.getInt("line"),
            row.getString("excerpt"),
            state,
            reason,
            FailureHint.of(state, reason)),
        row.getInt("ordinal"),
        row.getString("statement"));
  }

  /// A statement left out, with all of its text.
  ///
  /// @param ordinal which one of its file, from 0
  record SkippedText(MigrationReport.Skipped skipped, int ordinal, String statement) {}
}
