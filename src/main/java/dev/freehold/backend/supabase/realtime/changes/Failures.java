package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;

/// Tells a database that is away from one that says no.
final class Failures {
  private Failures() {}

  /// Whether the same question may be answered later: the database is down or restarts, or all
  /// connections are in use.
  static boolean passes(PostgresException failure) {
    return failure.breaksConnection()
        || !(failure.failure() instanceof PostgresFailure.Refused
            || failure.failure() instanceof PostgresFailure.NotAdmitted);
  }
}
