package dev.freehold.migration;

import java.time.Duration;
import java.util.List;

/// What became of an app's schema migrations.
///
/// @param applied files run now, in order
/// @param alreadyThere versions the database had before
/// @param skipped statements left out, now or in an earlier run; only ever filled when the owner
///   allowed it
/// @param standIns extensions the app's SQL asked for whose work Freehold does itself
/// @param took how long it all was
public record MigrationReport(
    List<Applied> applied,
    List<String> alreadyThere,
    List<Skipped> skipped,
    List<String> standIns,
    Duration took) {

  public MigrationReport {
    applied = List.copyOf(applied);
    alreadyThere = List.copyOf(alreadyThere);
    skipped = List.copyOf(skipped);
    standIns = List.copyOf(standIns);
  }

  /// Whether every statement of every file ran. A report with skipped statements is no success.
  public boolean complete() {
    return skipped.isEmpty();
  }

  /// One file that ran.
  ///
  /// @param statements how many of its statements ran
  public record Applied(String version, String name, int statements) {}

  /// One statement that was left out.
  ///
  /// @param version of the file
  /// @param line where it stands in the file
  /// @param excerpt its first words
  /// @param sqlState PostgreSQL's error code
  /// @param reason PostgreSQL's words
  /// @param hint what that usually means in an exported app
  public record Skipped(
      String version,
      String file,
      int line,
      String excerpt,
      String sqlState,
      String reason,
      String hint) {}
}
