package dev.freehold.postgres;

import java.time.Duration;

/// Why a piece of work in a database failed.
public sealed interface PostgresFailure {
  /// The server understood and refused. The parts are the server's own; absent ones are empty.
  ///
  /// @param sqlState five characters, PostgreSQL's appendix A
  /// @param constraint the violated constraint's name, empty when none was
  record Refused(String sqlState, String message, String detail, String hint, String constraint)
      implements PostgresFailure {}

  /// No connection could be made, for now: the server is down, starting, or full.
  record Unreachable(String message) implements PostgresFailure {}

  /// The server refuses the login, and will until somebody changes something: a wrong password, a
  /// role that is missing or may not log in, a database that is not there.
  record NotAdmitted(String sqlState, String message) implements PostgresFailure {}

  /// The connection broke before the answer came. Whether a write took effect is unknown.
  record Broken(String message) implements PostgresFailure {}

  /// Every connection stayed in use for as long as the pool lets a borrower wait.
  record PoolFull(int size, Duration waited) implements PostgresFailure {}

  /// What a server said instead of letting somebody in. What passes by itself is class 53 (it is
  /// full), 57 (it starts or stops) and 58 and XX (it has trouble of its own).
  static PostgresFailure ofLogin(String sqlState, String message) {
    var passes = sqlState.matches("(08|53|57|58|XX).*");
    return passes ? new Unreachable("FATAL:  " + message) : new NotAdmitted(sqlState, message);
  }
}
