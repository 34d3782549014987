package dev.freehold.cli;

import java.nio.file.Path;
import java.util.Optional;

/// What `freehold rest` was asked to do.
///
/// @param configuration the file; absent for the environment alone
public record RestWords(Optional<Path> configuration, Action action) {
  /// What is done with the configuration.
  public enum Action {
    SERVE,
    DUMP_CONFIG,
    DUMP_SCHEMA,
    EXAMPLE,
    READY
  }
}
