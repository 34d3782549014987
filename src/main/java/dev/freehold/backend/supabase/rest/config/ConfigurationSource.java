package dev.freehold.backend.supabase.rest.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where a configuration comes from, so that it can be read again.
///
/// @param file absent for the environment alone
/// @param environment the process's variables
public record ConfigurationSource(Optional<Path> file, Map<String, String> environment) {
  /// @param inDatabase what the database holds, see [DatabaseSettings]
  public Configuration read(Map<String, String> inDatabase) {
    return Configuration.read(file, environment, inDatabase);
  }

  @Override
  public String toString() {
    return "ConfigurationSource[" + file + "]";
  }
}
