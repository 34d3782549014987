package dev.freehold.operation;

import java.time.Instant;
import java.util.Optional;

/// Long work with a state, a step and an end: Deploy, Rollback, Destroy.
///
/// @param id by which it is followed
/// @param kind `deploy`, `rollback`, `destroy`
/// @param environment the environment's id, such as `shop/production`
/// @param step the step it is in, or ended in
/// @param problem why it failed, when it did
public record Operation(
    String id,
    String kind,
    String environment,
    State state,
    String step,
    Instant startedAt,
    Optional<Instant> endedAt,
    String by,
    Optional<String> problem) {
  /// Where an Operation is.
  public enum State {
    RUNNING,
    WAITING,
    DONE,
    FAILED,
    /// The server ended while it ran; what it had prepared was removed at the next start.
    INTERRUPTED
  }
}
