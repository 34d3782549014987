package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.backend.supabase.realtime.changes.Registry.Bound;
import dev.freehold.postgres.PostgresException;
import dev.freehold.telemetry.Events;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/// Brings changes to their listeners, one batch after the other, on one thread: so every listener
/// hears of them in the order of the log, and one that joins hears of each change once, whether it
/// came before or after.
///
/// While clients come back after a restart it keeps what has changed meanwhile, and tells each of
/// those who were subscribed before. Until somebody listens the database keeps it too: a process
/// that dies again and again, before anybody could come back, loses nothing.
final class Dispatcher implements AutoCloseable {
  /// Batches that may wait; the reading stops above, and the database keeps the rest.
  private static final int MAX_WAITING = 64;

  /// What is kept for clients that come back.
  private static final int MAX_KEPT = 20_000;

  private static final long MAX_KEPT_BYTES = 16L << 20;
  private static final Duration SLOW = Duration.ofSeconds(2);
  private static final Duration END_PATIENCE = Duration.ofSeconds(2);
  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 5_000;

  private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Registry registry;
  private final Tables tables;
  private final Router router;
  private final Outlet outlet;
  private final Events events;
  private final Thread thread;
  private final Deque<Change.Row> kept = new ArrayDeque<>();
  private boolean keeping;
  private boolean unheard;
  private Runnable heldBack = () -> {};
  private String missed = "";
  private long keptBytes;
  private Change.Position told = Change.Position.START;
  private volatile boolean closed;

  Dispatcher(Registry registry, Tables tables, Router router, Outlet outlet, Events events) {
    this.registry = registry;
    this.tables = tables;
    this.router = router;
    this.outlet = outlet;
    this.events = events;
    this.thread = Thread.ofVirtual().name("realtime changes").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Takes a batch; waits while too many are waiting.
  void take(LogReader.Batch batch, LogReader reader) throws InterruptedException {
    waiting.put(() -> {
      batch.described().forEach(tables::forget);
      tell(batch.changes());
      if (batch.end() != 0) {
        confirm(() -> reader.dealtWith(batch.end()));
      }
    });
  }

  private void confirm(Runnable dealtWith) {
    if (unheard && !kept.isEmpty()) {
      heldBack = dealtWith;
    } else {
      var unused = outlet.written().thenRun(dealtWith);
    }
  }

  private void holdBackNoMore() {
    if (unheard) {
      unheard = false;
      confirm(heldBack);
      heldBack = () -> {};
    }
  }

  /// From here on the bindings hear of changes.
  ///
  /// @return completes once they do, and with them what was kept for one who comes back; says what
  ///   such a one missed for good, empty for nothing
  CompletableFuture<String> add(List<Bound> bounds, boolean resuming) {
    var done = new CompletableFuture<String>();
    enqueue(() -> {
      registry.add(bounds);
      if (resuming && keeping) {
        tellKept(Set.copyOf(bounds));
      }
      holdBackNoMore();
      done.complete(resuming ? missed : "");
    });
    return done;
  }

  private void tellKept(Set<Bound> bounds) {
    var all = List.copyOf(kept);
    for (int from = 0; from < all.size(); from += LogReader.MAX_BATCH) {
      var some = all.subList(from, Math.min(from + LogReader.MAX_BATCH, all.size()));
      outlet.changes(
          router.route(
              some,
              (schema, table) -> {
                var on = new HashSet<>(registry.on(schema, table));
                on.retainAll(bounds);
                return on;
              }));
    }
  }

  /// Keeps changes for clients that come back, from now on.
  void keep() {
    enqueue(() -> {
      keeping = true;
      unheard = true;
    });
  }

  /// Clients that come back are to hear that something is lost to them.
  void missed(String why) {
    enqueue(() -> missed = why);
  }

  /// The clients that come back have had their time.
  void keepNoMore() {
    enqueue(() -> {
      forgetKept();
      missed = "";
    });
  }

  private void forgetKept() {
    keeping = false;
    kept.clear();
    keptBytes = 0;
    holdBackNoMore();
  }

  private void enqueue(Runnable work) {
    try {
      waiting.put(work);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closed) {
        persist(waiting.take());
      }
    } catch (InterruptedException e) {
      // Closed.
      Thread.currentThread().interrupt();
    }
  }

  /// Tries until the database is back: what is in hand is lost to nobody by its restart.
  private void persist(Runnable work) throws InterruptedException {
    long pause = FIRST_PAUSE_MS;
    while (!closed) {
      try {
        work.run();
        return;
      } catch (PostgresException e) {
        if (!Failures.passes(e)) {
          events.publish(new ChangesEvent.NotRouted(1, e.getMessage()));
          return;
        }
        Thread.sleep(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      } catch (RuntimeException bug) {
        events.publish(new ChangesEvent.NotRouted(1, bug.toString()));
        return;
      }
    }
  }

  private void tell(List<Change> changes) {
    var rows = new ArrayList<Change.Row>();
    var sent = new ArrayList<StoredMessage>();
    var last = told;
    for (var change : changes) {
      // After a broken connection the log is read again from the last whole transaction.
      if (change.at().compareTo(told) <= 0) {
        continue;
      }
      last = change.at();
      switch (change) {
        case Change.Row row -> rows.add(row);
        case Change.Sent(var _, var message) -> sent.add(message);
      }
    }
    long began = System.nanoTime();
    var deliveries = rows.isEmpty() ? List.<Delivery>of() : router.route(rows, registry::on);
    told = last;
    remember(rows);
    sent.forEach(outlet::sent);
    if (!deliveries.isEmpty()) {
      outlet.changes(deliveries);
    }
    var took = Duration.ofNanos(System.nanoTime() - began);
    if (took.compareTo(SLOW) > 0) {
      events.publish(new ChangesEvent.Slow(rows.size(), took));
    }
  }

  private void remember(List<Change.Row> rows) {
    if (!keeping) {
      return;
    }
    for (var row : rows) {
      kept.add(row);
      keptBytes += row.weight();
    }
    if (kept.size() > MAX_KEPT || keptBytes > MAX_KEPT_BYTES) {
      // A part of it would be worse than nothing: nobody could tell what is missing.
      forgetKept();
      missed = "more has changed since the restart than is kept for clients that return";
    }
  }

  /// Ends after the batch in hand: what was told is also confirmed, and nothing else is told.
  @Override
  public void close() {
    closed = true;
    boolean woken = waiting.offer(() -> {});
    try {
      boolean unused = thread.join(END_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!woken || thread.isAlive()) {
      thread.interrupt();
    }
  }
}
