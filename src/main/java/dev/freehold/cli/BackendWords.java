package dev.freehold.cli;

import java.nio.file.Path;
import java.util.Optional;

/// What `freehold backend` was asked to do.
///
/// @param configuration the file; absent for the environment alone
public record BackendWords(Optional<Path> configuration, Action action) {
  /// What is done.
  public enum Action {
    SERVE,
    EXAMPLE
  }
}
