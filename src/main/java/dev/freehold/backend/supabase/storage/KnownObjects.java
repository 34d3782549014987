package dev.freehold.backend.supabase.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Rows of objects in memory, so that a download need not ask the database.
///
/// What is found here was true a moment ago and nothing that we were told of has changed it since.
/// Whoever changes a row calls [#forget] between its commit and its answer; then no read that
/// begins after that answer sees the old row. A row that was read before the change and arrives
/// here after it must not stay: every reader draws a ticket before it asks the database, each
/// change makes all tickets before it worthless, and a ticket is looked at and its row put down in
/// one step that a change of the same row cannot come between.
///
/// Off until somebody listens to changes by others, and again whenever he no longer does: then
/// nothing is found and nothing kept.
final class KnownObjects {
  /// A row is read anew after this long, should a notification have been lost on its way.
  static final Duration LONGEST = Duration.ofSeconds(10);

  /// All rows together.
  static final long MAX_BYTES = 8L << 20;

  /// A row above this is not worth keeping.
  static final int MAX_ROW_BYTES = 16 << 10;

  private record Key(String bucket, String name) {}

  /// @param age which of the times between two [#forgetAll] it belongs to
  private record Entry(KnownObject object, long age) {}

  /// What a reader draws before it asks the database.
  record Ticket(long changes, long age) {}

  private static final long OFF = -1;

  private final Cache<Key, Entry> cache;
  private final AtomicLong changes = new AtomicLong();
  private long ages;

  /// The age that counts now, [#OFF] for none.
  private volatile long age = OFF;

  KnownObjects(Ticker ticker) {
    cache =
        Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((Key key, Entry entry) -> entry.object().weight())
            .expireAfterWrite(LONGEST)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /// Changes are listened to from now on.
  synchronized void on() {
    age = ++ages;
    changes.incrementAndGet();
    cache.invalidateAll();
  }

  synchronized void off() {
    age = OFF;
    changes.incrementAndGet();
    cache.invalidateAll();
  }

  Optional<KnownObject> find(String bucket, String name) {
    long now = age;
    if (now == OFF) {
      return Optional.empty();
    }
    var entry = cache.getIfPresent(new Key(bucket, name));
    return entry == null || entry.age() != now ? Optional.empty() : Optional.of(entry.object());
  }

  Ticket ticket() {
    long seen = changes.get();
    return new Ticket(seen, age);
  }

  /// Keeps a row that was read after the ticket was drawn, unless something changed in between.
  void keep(KnownObject object, Ticket ticket) {
    if (ticket.age() == OFF || object.weight() > MAX_ROW_BYTES) {
      return;
    }
    var unused =
        cache
            .asMap()
            .compute(
                new Key(object.bucket(), object.name()),
                (key, before) ->
                    changes.get() == ticket.changes() ? new Entry(object, ticket.age()) : null);
  }

  /// That row is not what it was, or never will be again.
  void forget(String bucket, String name) {
    changes.incrementAndGet();
    cache.invalidate(new Key(bucket, name));
  }

  /// Any row may have changed.
  synchronized void forgetAll() {
    if (age == OFF) {
      return;
    }
    age = ++ages;
    changes.incrementAndGet();
    cache.invalidateAll();
  }

  /// How many rows there are.
  long size() {
    cache.cleanUp();
    return cache.estimatedSize();
  }
}
