package dev.freehold.postgres.wire;

import dev.freehold.postgres.PostgresException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The few connections on which quick reads follow one another. Each is opened when it is first
/// wanted; while one opens, the others serve.
final class SharedLane {
  private final AtomicReferenceArray<@Nullable Connection> connections;
  private final AtomicBoolean dialing = new AtomicBoolean();
  private final Supplier<Connection> dialer;

  SharedLane(int count, Supplier<Connection> dialer) {
    connections = new AtomicReferenceArray<>(count);
    this.dialer = dialer;
  }

  /// The connection with the least to do; null when all have as much as they may.
  @Nullable Connection pick(int most) {
    var best = leastBusy(most);
    int missing = isBusy(best) ? missing() : -1;
    if (missing >= 0 && dialing.compareAndSet(false, true)) {
      try {
        best = dialer.get();
        connections.set(missing, best);
      } catch (PostgresException e) {
        // The other lane is tried, and says what is wrong if it fares no better.
        return best;
      } finally {
        dialing.set(false);
      }
    }
    return best;
  }

  /// The open connection with the least to do, without opening one; null when all have as much as
  /// they may, or when one more is to be opened, which only [#pick] does.
  @Nullable Connection ready(int most) {
    var best = leastBusy(most);
    return isBusy(best) && missing() >= 0 && !dialing.get() ? null : best;
  }

  private @Nullable Connection leastBusy(int most) {
    @Nullable Connection best = null;
    int least = most;
    for (int i = 0; i < connections.length(); i++) {
      var connection = connections.get(i);
      if (connection != null && connection.open() && connection.load() < least) {
        least = connection.load();
        best = connection;
      }
    }
    return best;
  }

  /// A place for one more connection; -1 when all are open.
  private int missing() {
    int missing = -1;
    for (int i = 0; i < connections.length(); i++) {
      var connection = connections.get(i);
      if (connection == null || !connection.open()) {
        missing = i;
      }
    }
    return missing;
  }

  private static boolean isBusy(@Nullable Connection best) {
    return best == null || best.load() > 0;
  }

  /// Connections open now with nothing to do.
  int unused() {
    int count = 0;
    for (int i = 0; i < connections.length(); i++) {
      var connection = connections.get(i);
      count += connection != null && connection.open() && connection.load() == 0 ? 1 : 0;
    }
    return count;
  }

  /// Lets go of connections that have nothing to do and are too old, or unused for too long. On the
  /// event loop.
  void retire(long now, LaneLimits limits) {
    for (int i = 0; i < connections.length(); i++) {
      var connection = connections.get(i);
      if (connection != null
          && connection.load() == 0
          && (now - connection.openedNanos() > limits.lifetime().toNanos()
              || now - connection.idleSinceNanos(now) > limits.idleLimit().toNanos())
          && connections.compareAndSet(i, connection, null)) {
        connection.retire();
      }
    }
  }
}
