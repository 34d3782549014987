package dev.freehold.build;

import dev.freehold.os.Jail;
import java.time.Duration;

/// What one build may take before it is stopped.
///
/// @param sandbox memory, processes, processors and file size
/// @param install how long each way of installing the packages may take
/// @param build how long the app's own build may take
/// @param freeDiskBytes the build is stopped when less than this is free on its disk
public record BuildLimits(
    Jail.Limits sandbox, Duration install, Duration build, long freeDiskBytes) {
  private static final long GIB = 1L << 30;

  /// Enough for the largest of the exports that were tried, on a small machine.
  public static final BuildLimits DEFAULT =
      new BuildLimits(
          new Jail.Limits(4 * GIB, 1_024, Runtime.getRuntime().availableProcessors(), 2 * GIB),
          Duration.ofMinutes(10),
          Duration.ofMinutes(15),
          GIB);
}
