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

  /// No connection could be made, or it broke before the answer came. Whether a write took effect
  /// is then unknown.
  record Unreachable(String message) implements PostgresFailure {}

  /// Every connection stayed in use for as long as the pool lets a borrower wait.
  record PoolFull(int size, Duration waited) implements PostgresFailure {}
}
