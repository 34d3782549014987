package dev.freehold.objectstore;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Moves all bytes of one place to the other, version by version: there first, whole and durable,
/// and only then gone from here. What is left to do is what still lies here, so that it can be
/// broken off at any moment and begun again.
public final class ByteMove {
  /// Versions under way at once: small files wait for the network more than they use it.
  private static final int AT_ONCE = 4;

  private static final int BUFFER_BYTES = 64 * 1024;

  private final DiskAndBucket places;
  private final BucketStore bucket;
  private final Staging staging;
  private final boolean intoBucket;
  private final AtomicLong files = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private volatile boolean stopped;

  /// @param staging where bytes arrive that come to the disk
  /// @param intoBucket from the disk, or else to it
  public ByteMove(DiskAndBucket places, BucketStore bucket, Staging staging, boolean intoBucket) {
    this.places = places;
    this.bucket = bucket;
    this.staging = staging;
    this.intoBucket = intoBucket;
  }

  /// How many were moved until now.
  public long files() {
    return files.get();
  }

  /// How many bytes those have.
  public long bytes() {
    return bytes.get();
  }

  /// Ends the move after the versions that are under way.
  public void stop() {
    stopped = true;
  }

  /// Moves until nothing is left or something fails; what failed first is thrown once nothing is
  /// under way any more.
  ///
  /// @throws InterruptedException when its thread is interrupted
  public void run() throws InterruptedException {
    var free = new Semaphore(AT_ONCE);
    ObjectStore from = intoBucket ? places.disk() : bucket;
    try {
      from.each(found -> {
        if (!stopped && failure.get() == null) {
          free.acquireUninterruptibly();
          Thread.startVirtualThread(() -> one(found.version(), free));
        }
      });
    } finally {
      free.acquire(AT_ONCE);
    }
    var failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  private void one(Version version, Semaphore free) {
    try {
      var moved = intoBucket ? places.disk().hand(version, bucket) : fetch(version);
      moved.ifPresent(size -> {
        files.incrementAndGet();
        bytes.addAndGet(size);
      });
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    } finally {
      free.release();
    }
  }

  private Optional<Long> fetch(Version version) {
    var stored = bucket.open(version);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    try (var staged = staging.begin();
        InputStream from = stored.get().stream()) {
      var buffer = new byte[BUFFER_BYTES];
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        staged.write(buffer, 0, count);
      }
      var unused = staged.finish(places.disk(), version);
      bucket.delete(version);
      return Optional.of(staged.size());
    } catch (IOException e) {
      throw Problem.of("object-store-failed", "bytes could not be fetched from the bucket")
          .detail(version + ": " + e)
          .hint("run the move again: it goes on where it stopped")
          .raise(e);
    }
  }
}
