package dev.freehold.migration;

import dev.freehold.telemetry.Event;

/// What happens while schema migrations run.
public sealed interface SchemaMigrationEvent extends Event {
  /// A file is in the database and in its history.
  record Applied(String file, int statements) implements SchemaMigrationEvent {
    @Override
    public String describe() {
      return "schema migration " + file + ": " + statements + " statements";
    }
  }

  /// A statement was left out, as the owner allowed.
  record Skipped(String file, int line, String reason) implements SchemaMigrationEvent {
    @Override
    public String describe() {
      return "skipped " + file + ":" + line + ": " + reason;
    }
  }
}
