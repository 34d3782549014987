package dev.freehold.http;

import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that bodies held whole share, of all requests of this process: without such a bound a
/// few dozen visitors who send large bodies would use up the heap, and with it every App.
///
/// The first [#FREE_BYTES] of a body do not count: small requests are answered whatever others
/// send. A request may have all that its own limit allows while no other holds any. Where room is
/// wanted and there is none, the body that has been arriving longest is given up, once it has had
/// its time: whoever sends slowly on purpose keeps nobody else from sending.
final class BodyMemory {
  static final int FREE_BYTES = 16 << 10;

  /// How long a body may be arriving while others want its room.
  private static final Duration TIME = Duration.ofSeconds(10);

  private final long most;
  private final long timeNanos;
  private final AtomicLong held = new AtomicLong();
  private final Set<Share> arriving = ConcurrentHashMap.newKeySet();

  /// @param most bytes that all together may hold
  BodyMemory(long most) {
    this(most, TIME);
  }

  BodyMemory(long most, Duration time) {
    this.most = most;
    this.timeNanos = time.toNanos();
  }

  /// Bytes that count at this moment.
  long held() {
    return held.get();
  }

  /// @param giveUp ends the request, from any thread; leaves one alone whose body is whole
  Share share(Runnable giveUp) {
    return new Share(giveUp);
  }

  private void makeRoom() {
    long now = System.nanoTime();
    arriving.stream()
        .filter(share -> now - share.begun > timeNanos)
        .max(Comparator.comparingLong(share -> now - share.begun))
        .ifPresent(share -> share.giveUp.run());
  }

  /// What one request holds, until both its exchange and its handler are done with it. Grows on its
  /// event loop alone, before the handler begins.
  final class Share {
    private final AtomicInteger users = new AtomicInteger(1);
    private final long begun = System.nanoTime();
    private final Runnable giveUp;
    private long free = FREE_BYTES;
    private long own;

    private Share(Runnable giveUp) {
      this.giveUp = giveUp;
    }

    /// Counts further bytes of this request; false, and nothing counted, when there is no room.
    boolean take(int bytes) {
      if (bytes <= free) {
        free -= bytes;
        return true;
      }
      long all = held.addAndGet(bytes);
      if (all > most && all > own + bytes) {
        held.addAndGet(-bytes);
        makeRoom();
        return false;
      }
      if (own == 0) {
        arriving.add(this);
      }
      own += bytes;
      return true;
    }

    /// The body is whole, and a handler has to [#close()] this too.
    void keep() {
      arriving.remove(this);
      users.incrementAndGet();
    }

    /// Gives everything back when nobody else keeps it.
    void close() {
      arriving.remove(this);
      if (users.decrementAndGet() == 0) {
        held.addAndGet(-own);
      }
    }
  }
}
