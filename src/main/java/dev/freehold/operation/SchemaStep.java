package dev.freehold.operation;

import dev.freehold.app.Environment;
import dev.freehold.migration.AppliedFiles;
import dev.freehold.migration.MigrationReport;
import dev.freehold.migration.SchemaMigrations;
import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import dev.freehold.target.Target;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/// The database's part of a Deploy: made ready while the build runs, changed only after it.
final class SchemaStep {
  private static final Path FOLDER = Path.of("supabase", "migrations");
  private static final int SHOWN = 20;

  private final Target target;
  private final Events events;

  SchemaStep(Target target, Events events) {
    this.target = target;
    this.events = events;
  }

  /// A database that is being made ready.
  final class Preparing implements AutoCloseable {
    private final CompletableFuture<Database> database;

    Preparing(Environment environment, Consumer<String> log) {
      this.database =
          CompletableFuture.supplyAsync(
              () -> target.prepare(environment, log),
              task -> Thread.ofVirtual().name("prepare-" + environment.id()).start(task));
    }

    /// Waits until it is ready and applies the export's schema migrations.
    MigrationReport apply(Path export, boolean skipFailing) {
      var onFailure =
          skipFailing ? SchemaMigrations.OnFailure.SKIP : SchemaMigrations.OnFailure.STOP;
      return SchemaMigrations.apply(ready(), export.resolve(FOLDER), onFailure, events);
    }

    /// Waits until nothing of it goes on, however the deploy ended: a cluster that is made after
    /// the server has stopped would run on, and belong to nobody.
    @Override
    public void close() {
      var unused = database.handle((made, failed) -> true).join();
    }

    private Database ready() {
      try {
        return database.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Problem.of("operation-cancelled", "it was cancelled").raise(e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof ProblemException problem) {
          throw problem;
        }
        throw new CompletionException(e.getCause());
      }
    }
  }

  /// Begins to make the database ready, on a thread of its own.
  Preparing prepareAside(Environment environment, Consumer<String> log) {
    return new Preparing(environment, log);
  }

  /// The names of the export's files that are applied already.
  Set<String> applied(Environment environment, Path export) {
    return AppliedFiles.in(target.prepare(environment, line -> {}), export.resolve(FOLDER));
  }

  /// The version of the newest schema migration that the database has; empty when it has none.
  static String mark(MigrationReport report) {
    var versions = new ArrayList<>(report.alreadyThere());
    report.applied().forEach(applied -> versions.add(applied.version()));
    return versions.stream().max(String::compareTo).orElse("");
  }

  /// What happened, for a terminal.
  static List<String> describe(MigrationReport report) {
    var lines = new ArrayList<String>();
    lines.add(
        report.applied().size()
            + " schema migrations applied, "
            + report.alreadyThere().size()
            + " were there");
    if (!report.standIns().isEmpty()) {
      lines.add("stood in for: " + String.join(", ", report.standIns()));
    }
    if (!report.complete()) {
      lines.add(report.skipped().size() + " statements were SKIPPED; the app may miss them:");
    }
    report.skipped().stream()
        .limit(SHOWN)
        .forEach(skipped -> {
          lines.add("  " + skipped.file() + ":" + skipped.line() + "  " + skipped.excerpt());
          lines.add("    " + skipped.reason() + " (" + skipped.sqlState() + ")");
        });
    if (report.skipped().size() > SHOWN) {
      lines.add("  … and " + (report.skipped().size() - SHOWN) + " more");
    }
    return lines;
  }
}
