package dev.freehold.export;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jgit.lib.EmptyProgressMonitor;

/// Ends a fetch that takes too long or brings too much: Git asks its progress monitor over and over
/// whether to go on, and this one looks at the clock and at the size of what has arrived.
final class FetchLimits extends EmptyProgressMonitor {
  /// Largest repository without history, in bytes.
  static final long MAX_BYTES = 1L << 30;

  private static final long LOOK_EVERY_NANOS = Duration.ofMillis(200).toNanos();

  private final Path repository;
  private final long deadline;
  private long nextLook;
  private boolean tooLarge;
  private boolean tooLate;

  FetchLimits(Path repository, Duration time) {
    this.repository = repository;
    this.deadline = System.nanoTime() + time.toNanos();
    this.nextLook = System.nanoTime();
  }

  @Override
  public boolean isCancelled() {
    long now = System.nanoTime();
    tooLate |= now - deadline > 0;
    if (!tooLarge && now - nextLook > 0) {
      nextLook = now + LOOK_EVERY_NANOS;
      tooLarge = size() > MAX_BYTES;
    }
    return tooLate || tooLarge;
  }

  private long size() {
    try (var files = Files.walk(repository)) {
      return files.mapToLong(f -> f.toFile().length()).sum();
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // a file vanished under the walk; the next look counts again
    }
  }

  void raiseIfExceeded(String shown) {
    if (tooLarge) {
      throw Problem.of("export-too-large", "The repository is over " + (MAX_BYTES >> 20) + " MB")
          .detail(shown)
          .raise();
    }
    if (tooLate) {
      throw Problem.of("git-too-slow", "The repository did not arrive in time")
          .detail(shown)
          .hint("clone it yourself and give the folder")
          .raise();
    }
  }
}
