package dev.freehold.target.thishost;

import dev.freehold.cluster.Cluster;
import dev.freehold.cluster.PostgresEngine;
import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which PostgreSQL programs run the clusters of this machine: those the owner named, or the
/// embedded ones, fetched on first use.
final class Engines {
  private static final long MEGABYTE = 1 << 20;
  private static final long TOLD_EVERY = 5 * MEGABYTE;

  private final Path folder;
  private final Optional<Path> bin;
  private final Events events;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable PostgresEngine engine;

  Engines(Path folder, Optional<Path> bin, Events events) {
    this.folder = folder;
    this.bin = bin;
    this.events = events;
  }

  Cluster cluster(Path home, String superuserPassword, String scope, Consumer<String> log) {
    return Cluster.at(home, engine(log), superuserPassword, events);
  }

  private PostgresEngine engine(Consumer<String> log) {
    lock.lock();
    try {
      if (engine == null) {
        engine = bin.map(PostgresEngine::at).orElseGet(() -> embedded(log));
      }
      return engine;
    } finally {
      lock.unlock();
    }
  }

  /// The embedded programs; where they cannot be fetched, those the machine has.
  private PostgresEngine embedded(Consumer<String> log) {
    var told = new long[1];
    try {
      return PostgresEngine.embedded(
          folder,
          bytes -> {
            if (bytes / TOLD_EVERY > told[0]) {
              told[0] = bytes / TOLD_EVERY;
              log.accept("fetching PostgreSQL: " + bytes / MEGABYTE + " MB");
            }
          });
    } catch (ProblemException e) {
      var installed = PostgresEngine.installed().orElseThrow(() -> e);
      log.accept(e.problem().message() + "; using the installed PostgreSQL " + installed.version());
      return installed;
    }
  }
}
