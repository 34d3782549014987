package dev.freehold.backend.supabase.realtime;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Slows changes down to what clients can read, so that a transaction of many thousand rows does
/// not cut everyone who listens. Who reads too slowly for too long is not waited for.
final class Pace {
  /// How long one batch of changes may be held up.
  private static final Duration LONGEST = Duration.ofMillis(250);

  private static final long LOOK_MS = 2;

  /// Batches that event loops have not taken up yet.
  private static final int MOST_UNDER_WAY = 2;

  private final AtomicInteger underWay = new AtomicInteger();
  private final Set<Socket> behind = ConcurrentHashMap.newKeySet();

  /// A batch is on its way to an event loop.
  void begin() {
    underWay.incrementAndGet();
  }

  /// It was written there; notes who is behind now. On the sockets' event loop.
  void end(Set<Channel> told) {
    underWay.decrementAndGet();
    long now = System.nanoTime();
    for (var channel : told) {
      if (channel.socket().holdsUp(now)) {
        behind.add(channel.socket());
      }
    }
  }

  /// Waits for event loops that have not caught up, and for those who were behind afterwards.
  void await() {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while ((!behind.isEmpty() || underWay.get() > MOST_UNDER_WAY)
        && System.nanoTime() - deadline < 0) {
      for (var socket : List.copyOf(behind)) {
        socket.shard().loop().execute(() -> look(socket));
      }
      try {
        Thread.sleep(LOOK_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void look(Socket socket) {
    if (!socket.holdsUp(System.nanoTime())) {
      behind.remove(socket);
    }
  }
}
