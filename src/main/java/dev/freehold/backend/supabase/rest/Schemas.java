package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.Catalog;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.postgres.wire.Lanes;
import dev.freehold.telemetry.Events;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Holds the current [SchemaCache], loads it when it is first asked for and again when it is stale.
/// However many ask at once, one loads and the others wait for it.
final class Schemas {
  /// A cache younger than this is not loaded again because a request missed something in it.
  static final Duration TRUSTED_FOR = Duration.ofSeconds(1);

  private final Pool pool;
  private final Lanes lanes;
  private volatile RestSettings settings;
  private final Events events;
  private final AtomicReference<@Nullable CompletableFuture<SchemaCache>> loading =
      new AtomicReference<>();
  private volatile @Nullable SchemaCache current;

  Schemas(Pool pool, Lanes lanes, RestSettings settings, Events events) {
    this.pool = pool;
    this.lanes = lanes;
    this.settings = settings;
    this.events = events;
  }

  /// What the catalogs are read with.
  Pool pool() {
    return pool;
  }

  /// @throws RestFailure PGRST002 while the database cannot be asked
  SchemaCache current() {
    var known = current;
    return known != null ? known : load();
  }

  /// A newer cache than this one, or the same when it is too young to doubt.
  SchemaCache newerThan(SchemaCache doubted) {
    var known = current;
    if (known != null && known.loadedAtNanos() != doubted.loadedAtNanos()) {
      return known;
    }
    long age = System.nanoTime() - doubted.loadedAtNanos();
    return age < TRUSTED_FOR.toNanos() ? doubted : load();
  }

  /// The one in use, without asking the database.
  Optional<SchemaCache> known() {
    return Optional.ofNullable(current);
  }

  /// Loads by other settings from now on.
  void configure(RestSettings newSettings) {
    settings = newSettings;
    forget();
  }

  /// The next request that asks loads anew.
  void forget() {
    current = null;
  }

  /// A login that is refused does not get better by trying again.
  private static RestFailure notLoaded(PostgresException why) {
    return why.failure() instanceof PostgresFailure.NotAdmitted
        ? ServerErrors.of(why, false)
        : Failures.noSchemaCache();
  }

  SchemaCache load() {
    var mine = new CompletableFuture<SchemaCache>();
    var other = loading.compareAndExchange(null, mine);
    if (other != null) {
      try {
        return other.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof PostgresException cause
            ? notLoaded(cause)
            : Failures.noSchemaCache();
      }
    }
    try {
      // Says at once that the server is down, where the pool would wait for it.
      lanes.connect();
      long start = System.nanoTime();
      var loaded = Catalog.load(pool, settings.schemas(), settings.extraSearchPath());
      lanes.forgetStatements();
      current = loaded;
      mine.complete(loaded);
      events.publish(
          new RestEvent.SchemaLoaded(
              loaded.tables().size(), Duration.ofNanos(System.nanoTime() - start)));
      return loaded;
    } catch (PostgresException e) {
      mine.completeExceptionally(e);
      events.publish(new RestEvent.SchemaNotLoaded(String.valueOf(e.getMessage())));
      throw notLoaded(e);
    } finally {
      mine.completeExceptionally(new IllegalStateException("the schema cache was not loaded"));
      loading.set(null);
    }
  }
}
