package dev.freehold.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that bodies held whole share, of all requests of this process: without such a bound a
/// few dozen visitors who send large bodies would use up the heap, and with it every App.
///
/// The first [#FREE_BYTES] of a body do not count: small requests are answered whatever others
/// send. A request may have all that its own limit allows while no other holds any.
final class BodyMemory {
  static final int FREE_BYTES = 16 << 10;

  private final long most;
  private final AtomicLong held = new AtomicLong();

  /// @param most bytes that all together may hold
  BodyMemory(long most) {
    this.most = most;
  }

  /// Bytes that count at this moment.
  long held() {
    return held.get();
  }

  Share share() {
    return new Share();
  }

  /// What one request holds, until both its exchange and its handler are done with it. Grows on its
  /// event loop alone, before the handler begins.
  final class Share {
    private final AtomicInteger users = new AtomicInteger(1);
    private long free = FREE_BYTES;
    private long own;

    /// Counts further bytes of this request; false, and nothing counted, when there is no room.
    boolean take(int bytes) {
      if (bytes <= free) {
        free -= bytes;
        return true;
      }
      long all = held.addAndGet(bytes);
      if (all > most && all > own + bytes) {
        held.addAndGet(-bytes);
        return false;
      }
      own += bytes;
      return true;
    }

    /// One more has to [#close()] it.
    void keep() {
      users.incrementAndGet();
    }

    /// Gives everything back when nobody else keeps it.
    void close() {
      if (users.decrementAndGet() == 0) {
        held.addAndGet(-own);
      }
    }
  }
}
