package dev.freehold.migration;

import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Runs the schema migrations of an app, `supabase/migrations/*.sql`, unmodified and in the order
/// of their names, and records each in `supabase_migrations.schema_migrations` as Supabase does.
///
/// Files recorded already are left alone, so a run that was killed is simply repeated. The app's
/// `supabase/seed.sql` is never run.
public final class SchemaMigrations {
  /// What to do when a statement fails.
  public enum OnFailure {
    /// End with the Problem `migration-failed`; the failing file leaves nothing behind.
    STOP,
    /// Leave that statement out, remember why, and go on: the owner's own choice.
    ///
    /// A file with left-out statements is recorded with those that ran, for running it again would
    /// only repeat them. After the last file, statements that failed for want of an object are
    /// tried once more.
    SKIP
  }

  private final SchemaSession session;
  private final Extensions extensions;
  private final OnFailure onFailure;
  private final Events events;
  private final List<MigrationReport.Applied> applied = new ArrayList<>();

  private SchemaMigrations(SchemaSession session, OnFailure onFailure, Events events) {
    this.session = session;
    this.extensions = new Extensions(session);
    this.onFailure = onFailure;
    this.events = events;
  }

  /// @param database entered as the role the app's own SQL runs under: `postgres`, no superuser
  /// @param folder the app's `supabase/migrations`; nothing happens when it does not exist
  /// @throws dev.freehold.problem.ProblemException `migration-failed`, `migration-running`,
  ///   `migration-unreadable`, `migration-too-large`, `database-unreachable`
  public static MigrationReport apply(
      Database database, Path folder, OnFailure onFailure, Events events) {
    long began = System.nanoTime();
    var files = SchemaFile.in(folder);
    try (var session = SchemaSession.open(database)) {
      var migrations = new SchemaMigrations(session, onFailure, events);
      var known = session.recorded();
      for (var file : files) {
        if (!known.contains(file.version())) {
          migrations.apply(file);
        }
      }
      migrations.retry();
      session.run("notify pgrst, 'reload schema'");
      session.commit();
      return new MigrationReport(
          migrations.applied,
          List.copyOf(known),
          session.skipped(false).stream().map(SchemaSession.SkippedText::skipped).toList(),
          List.copyOf(migrations.extensions.standIns()),
          Duration.ofNanos(System.nanoTime() - began));
    } catch (SQLException e) {
      throw Problem.of("database-unreachable", "the app's database broke off")
          .detail(database + ": " + reason(e))
          .raise(e);
    }
  }

  private void apply(SchemaFile file) throws SQLException {
    var run = new SchemaFileRun(session, extensions, file, onFailure, events);
    try {
      int statements = run(run);
      applied.add(new MigrationReport.Applied(file.version(), file.name(), statements));
      events.publish(new SchemaMigrationEvent.Applied(file.fileName(), statements));
    } catch (SchemaFileRun.Failed e) {
      throw failed(file, e);
    }
  }

  /// As one transaction, and in pieces only when the file uses an enum value it adds.
  private int run(SchemaFileRun run) throws SQLException, SchemaFileRun.Failed {
    try {
      return run.run(false);
    } catch (SchemaFileRun.Failed e) {
      session.rollback();
      if (!SchemaFileRun.UNSAFE_ENUM_VALUE.equals(e.reason().getSQLState())) {
        throw e;
      }
    }
    return run.run(true);
  }

  private void retry() throws SQLException {
    for (var waiting : session.skipped(true)) {
      if (!FailureHint.missingObject(waiting.skipped().sqlState())) {
        continue;
      }
      session.reset();
      session.commit();
      boolean succeeded = succeeds(waiting.statement());
      session.resetRole();
      session.settle(waiting, succeeded);
      session.commit();
    }
  }

  private boolean succeeds(String statement) throws SQLException {
    try {
      session.run(statement);
      return true;
    } catch (SQLException e) {
      session.rollback();
      return false;
    }
  }

  private static ProblemException failed(SchemaFile file, SchemaFileRun.Failed failure) {
    var statement = failure.statement();
    var state = String.valueOf(failure.reason().getSQLState());
    var reason = reason(failure.reason());
    return Problem.of(
            "migration-failed", "the app's schema migration " + file.fileName() + " failed")
        .detail(
            "%s:%d: %s\nSQLSTATE %s: %s"
                .formatted(file.fileName(), statement.line(), statement.excerpt(), state, reason))
        .hint(FailureHint.of(state, reason))
        .raise(failure.reason());
  }

  /// PostgreSQL's words on one line, without the driver's `ERROR:`.
  static String reason(SQLException e) {
    var lines = String.valueOf(e.getMessage()).lines().map(String::strip).toList();
    return String.join("; ", lines).replaceFirst("^ERROR: ", "");
  }
}
