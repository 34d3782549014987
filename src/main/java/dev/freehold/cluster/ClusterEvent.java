package dev.freehold.cluster;

import dev.freehold.telemetry.Event;
import java.nio.file.Path;
import java.time.Duration;

/// What happens to a [Cluster].
public sealed interface ClusterEvent extends Event {
  /// The Cluster's folder.
  Path home();

  /// A data folder was made.
  record Created(Path home, String version, Duration took) implements ClusterEvent {
    @Override
    public String describe() {
      return "PostgreSQL " + version + " made in " + took.toMillis() + " ms: " + home;
    }
  }

  /// The server answers.
  record Started(Path home, long pid, int port, Duration took) implements ClusterEvent {
    @Override
    public String describe() {
      return "PostgreSQL started in %d ms on port %d (process %d): %s"
          .formatted(took.toMillis(), port, pid, home);
    }
  }

  /// A server that outlived an earlier Freehold was found running and is used on.
  record Adopted(Path home, long pid, int port) implements ClusterEvent {
    @Override
    public String describe() {
      return "PostgreSQL was still running on port %d (process %d): %s".formatted(port, pid, home);
    }
  }

  /// The server ended on request.
  ///
  /// @param clean false when it had to be ended at once; the next start then recovers from its log
  record Stopped(Path home, boolean clean, Duration took) implements ClusterEvent {
    @Override
    public String describe() {
      return "PostgreSQL stopped%s in %d ms: %s"
          .formatted(clean ? "" : " without a last checkpoint", took.toMillis(), home);
    }
  }
}
