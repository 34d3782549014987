package dev.freehold.release;

import dev.freehold.app.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// Artifact + configuration + secret versions + schema mark: numbered, never changed.
///
/// @param number 1, 2, … in its Environment
/// @param artifact the Artifact's digest
/// @param export the Export's digest
/// @param origin what the operator deployed
/// @param took how long it took from the command to the finished Release
/// @param variables the plain settings it runs with
/// @param secrets the version of each secret it runs with
/// @param schemaMark the version of the last schema migration that was applied, empty when none
public record Release(
    Environment environment,
    int number,
    String artifact,
    String export,
    String origin,
    Instant createdAt,
    String createdBy,
    Duration took,
    Map<String, String> variables,
    Map<String, Integer> secrets,
    String schemaMark) {

  /// What people call it: `v3`.
  public String label() {
    return "v" + number;
  }
}
