package dev.freehold.backend.supabase.storage;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freehold.backend.JwtKeys;
import dev.freehold.http.FileCache;
import dev.freehold.image.ImageTools;
import dev.freehold.image.Images;
import dev.freehold.objectstore.GrowingFiles;
import dev.freehold.objectstore.Staging;
import dev.freehold.postgres.Pool;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// One App's files, served: its bytes on disk or elsewhere, the wire before them, and the sweep
/// that comes round now and then.
public final class StorageService implements AutoCloseable {
  /// How often bytes that no row names are looked for.
  private static final Duration BETWEEN_SWEEPS = Duration.ofHours(1);

  /// After a start the database may still be coming up.
  private static final Duration BEFORE_FIRST_SWEEP = Duration.ofMinutes(1);

  /// Where bytes lie.
  ///
  /// @param folder where they arrive, and where they stay unless there is a bucket
  /// @param bucket where they lie too
  /// @param tools what makes images of images, fetched when the first is wanted; empty for none
  public record Place(
      Path folder, Optional<BucketUse> bucket, Optional<Supplier<ImageTools>> tools) {}

  private final StorageServer server;
  private final StorageDatabase database;
  private final FilePlaces places;
  private final StorageCheck check;
  private final S3Credentials s3;
  private final ChangeWatch watch;
  private final Sweep sweep;
  private final Events events;
  private final Thread sweeping;

  private StorageService(
      StorageServer server,
      StorageDatabase database,
      FilePlaces places,
      StorageCheck check,
      S3Credentials s3,
      ChangeWatch watch,
      Sweep sweep,
      Events events) {
    this.server = server;
    this.database = database;
    this.places = places;
    this.check = check;
    this.s3 = s3;
    this.watch = watch;
    this.sweep = sweep;
    this.events = events;
    this.sweeping = Thread.ofVirtual().name("storage sweep").unstarted(this::sweepNowAndThen);
  }

  /// @param memory small files, of all Apps together
  /// @param pool enters as `supabase_storage_admin`; stays its opener's to close
  public static StorageService open(
      StorageSettings settings,
      Place place,
      FileCache memory,
      Pool pool,
      JwtKeys keys,
      S3Credentials s3,
      Clock clock,
      Events events) {
    var staging = new Staging(place.folder().resolve("incoming"));
    var places = new FilePlaces(place.folder(), staging, events);
    var store = places.store();
    var growing = new GrowingFiles(place.folder().resolve("resumable"));
    var images = place.tools().map(tools -> new Images(tools, place.folder().resolve("images")));
    var known = new KnownObjects(Ticker.systemTicker());
    var watch = new ChangeWatch(pool, known);
    var database = new StorageDatabase(pool, known);
    var kept = new StorageServer.Memory(known, watch, memory);
    var server =
        new StorageServer(
            settings, database, kept, keys, s3, store, staging, growing, images, clock, events);
    var sweep = new Sweep(database, store, staging, growing, settings.resumableLifetime(), clock);
    var service =
        new StorageService(
            server,
            database,
            places,
            new StorageCheck(database, store, sweep, clock),
            s3,
            watch,
            sweep,
            events);
    place.bucket().ifPresent(places::use);
    service.sweeping.start();
    return service;
  }

  /// What answers `/storage/v1`.
  public StorageServer server() {
    return server;
  }

  /// Whether rows and bytes agree.
  public StorageCheck check() {
    return check;
  }

  /// Where the bytes lie, and how they come elsewhere.
  public FilePlaces places() {
    return places;
  }

  /// Removes bytes without a row that are older than that.
  StorageEvent.Swept sweep(Duration grace) {
    return sweep.step(grace);
  }

  /// With what S3 clients sign.
  public S3Credentials s3() {
    return s3;
  }

  private void sweepNowAndThen() {
    try {
      Thread.sleep(BEFORE_FIRST_SWEEP);
      while (true) {
        sweepOnce();
        Thread.sleep(BETWEEN_SWEEPS);
      }
    } catch (InterruptedException closed) {
      return;
    }
  }

  private void sweepOnce() {
    try {
      var swept = sweep.step(Sweep.GRACE);
      if (swept.files() > 0) {
        events.publish(swept);
      }
    } catch (RuntimeException failed) {
      events.publish(new StorageEvent.SweepFailed(String.valueOf(failed)));
    }
  }

  @Override
  public void close() {
    watch.close();
    sweeping.interrupt();
    places.close();
    database.close();
    try {
      sweeping.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
