package dev.freehold.backend.supabase.storage;

import dev.freehold.objectstore.BucketAddress;
import dev.freehold.objectstore.BucketStore;
import dev.freehold.objectstore.ByteMove;
import dev.freehold.objectstore.DiskAndBucket;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Staging;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where an App's bytes lie: in a folder, in a bucket, or partly here and partly there while they
/// move. Changes take effect at once and stop no request.
public final class FilePlaces implements AutoCloseable {
  /// What is under way then ends with its connection.
  private static final Duration END = Duration.ofSeconds(5);

  private final Path folder;
  private final Staging staging;
  private final DiskAndBucket store;
  private final Events events;
  private @Nullable Move move;

  FilePlaces(Path folder, Staging staging, Events events) {
    this.folder = folder;
    this.staging = staging;
    this.store = new DiskAndBucket(folder.resolve("objects"));
    this.events = events;
  }

  ObjectStore store() {
    return store;
  }

  /// How a move stands.
  ///
  /// @param files moved since it began or was taken up again
  /// @param failure why it stopped before its end; empty when it did not
  public record Progress(boolean running, long files, long bytes, Optional<String> failure) {}

  /// Keeps and reads bytes as that says from now on.
  public synchronized void use(BucketUse wanted) {
    stop();
    store.use(new BucketStore(wanted.address(), BucketStore.ownerIn(folder)), wanted.keeps());
    if (wanted.moving()) {
      begin(wanted.keeps());
    }
  }

  /// Writes to a bucket, reads and removes, without using it for anything else.
  ///
  /// @throws dev.freehold.problem.ProblemException with what it refused
  public void prove(BucketAddress address) {
    try (var bucket = new BucketStore(address, BucketStore.ownerIn(folder))) {
      bucket.prove(folder.resolve("proof-" + UUID.randomUUID()));
    }
  }

  /// Stops using the bucket.
  ///
  /// @throws dev.freehold.problem.ProblemException `storage-bucket-holds-files` while bytes lie
  ///   there
  public synchronized void leaveBucket() {
    if (store.intoBucket()) {
      throw holdsFiles();
    }
    store
        .bucket()
        .ifPresent(bucket -> {
          bucket.each(found -> {
            throw holdsFiles();
          });
          bucket.clear();
        });
    stop();
    store.useDiskAlone();
  }

  private static RuntimeException holdsFiles() {
    return Problem.of("storage-bucket-holds-files", "bytes of files lie in the bucket")
        .hint("bring them here first: freehold storage move --to disk")
        .raise();
  }

  /// Removes everything of ours from the bucket: its App is being removed.
  public synchronized void clearBucket() {
    stop();
    store.bucket().ifPresent(BucketStore::clear);
  }

  /// New bytes go there from now on, and those of the other place follow. Goes on in the background
  /// and is taken up again by [#use] after a restart.
  ///
  /// @throws dev.freehold.problem.ProblemException `storage-bucket-missing` when there is none
  public synchronized void move(boolean intoBucket) {
    if (store.bucket().isEmpty()) {
      throw Problem.of("storage-bucket-missing", "there is no bucket to move bytes to or from")
          .hint("name one: freehold storage bucket set")
          .raise();
    }
    stop();
    store.direct(intoBucket);
    begin(intoBucket);
  }

  private void begin(boolean intoBucket) {
    var bucket = store.bucket().orElseThrow();
    var begun = new Move(new ByteMove(store, bucket, staging, intoBucket), intoBucket, events);
    begun.thread.start();
    move = begun;
  }

  /// How the last move stands; empty when there was none since the start.
  public synchronized Optional<Progress> progress() {
    return Optional.ofNullable(move).map(Move::progress);
  }

  private void stop() {
    if (move != null) {
      move.stop();
      move = null;
    }
  }

  @Override
  public synchronized void close() {
    stop();
    store.close();
  }

  /// A move under way, or as it ended.
  private static final class Move {
    private final ByteMove bytes;
    private final String place;
    private final Events events;
    private final Thread thread;
    private volatile Optional<String> failure = Optional.empty();

    Move(ByteMove bytes, boolean intoBucket, Events events) {
      this.bytes = bytes;
      this.place = intoBucket ? "bucket" : "disk";
      this.events = events;
      this.thread = Thread.ofVirtual().name("storage move").unstarted(this::run);
    }

    private void run() {
      try {
        bytes.run();
        events.publish(new StorageEvent.Moved(place, bytes.files(), bytes.bytes()));
      } catch (ProblemException e) {
        failed(e.problem().message() + ": " + e.problem().detail());
      } catch (RuntimeException e) {
        failed(String.valueOf(e));
      } catch (InterruptedException closed) {
        failed("the server was stopped");
      }
    }

    private void failed(String why) {
      failure = Optional.of(why);
      events.publish(new StorageEvent.MoveFailed(why));
    }

    void stop() {
      bytes.stop();
      thread.interrupt();
      try {
        boolean unused = thread.join(END);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    Progress progress() {
      return new Progress(thread.isAlive(), bytes.files(), bytes.bytes(), failure);
    }
  }
}
