package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.telemetry.Events;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps the log being read while somebody listens: connects, resumes after every break, lets go
/// when nobody has listened for a while, and gives changes up before they fill the disk.
final class Stream {
  /// How long changes are read on after the last listener has gone.
  static final Duration IDLE = Duration.ofMinutes(2);

  /// How long clients have to come back after a restart to be told what changed meanwhile.
  static final Duration RETURN = Duration.ofSeconds(30);

  private static final Duration WATCH = Duration.ofSeconds(15);
  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 5_000;
  private static final int LOOKS_FOR_LEFT_SLOT = 120;

  /// PostgreSQL's code for a publication or slot that is not there.
  private static final String UNDEFINED = "42704";

  private static final String LEFT =
      "select 1 from pg_catalog.pg_replication_slots s, pg_catalog.pg_database d"
          + " where d.datname = current_database() and not s.temporary and s.slot_name = '"
          + Slot.PREFIX
          + "' || d.oid";

  private final Database replication;
  private final Pool pool;
  private final Dispatcher dispatcher;
  private final Outlet outlet;
  private final Events events;
  private final SlotWatch watch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private int listeners;
  private boolean running;
  private boolean streaming;
  private boolean closed;
  private boolean dropAtEnd;
  private boolean giveUp;
  private boolean forgotten;
  private String why = "";
  private long idleSince;
  private long returnUntil;
  private boolean returning;
  private long watchedAt = System.nanoTime();
  private @Nullable LogReader reader;
  private @Nullable Slot lastSlot;

  Stream(Database replication, Pool pool, Dispatcher dispatcher, Outlet outlet, Events events) {
    this.replication = replication;
    this.pool = pool;
    this.dispatcher = dispatcher;
    this.outlet = outlet;
    this.events = events;
    this.watch = new SlotWatch(pool, events);
  }

  /// Reads at once if an earlier process left its slot.
  void resumeWhatWasLeft() {
    Thread.ofVirtual()
        .name("realtime left slot")
        .start(() -> {
          for (int look = 0; look < LOOKS_FOR_LEFT_SLOT && !isClosed(); look++) {
            try {
              if (pool.with(
                  connection -> {
                    try (var query = connection.createStatement();
                        var row = query.executeQuery(LEFT)) {
                      return row.next();
                    }
                  })) {
                comeBack();
              }
              return;
            } catch (PostgresException e) {
              // The database starts beside us.
              if (!pause(TimeUnit.SECONDS.toMillis(1))) {
                return;
              }
            }
          }
        });
  }

  private void comeBack() {
    lock.lock();
    try {
      idleSince = System.nanoTime();
      ensureRunning();
    } finally {
      lock.unlock();
    }
  }

  /// One more or one less who listens.
  void wanted(int more) {
    lock.lock();
    try {
      listeners += more;
      if (listeners > 0) {
        ensureRunning();
      } else {
        idleSince = System.nanoTime();
      }
    } finally {
      lock.unlock();
    }
  }

  private void ensureRunning() {
    if (!running && !closed) {
      running = true;
      dropAtEnd = false;
      Thread.ofVirtual().name("realtime log").start(this::run);
    }
  }

  /// Waits until changes are read; says what is missing otherwise, empty when nothing is.
  String await(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (!streaming && left > 0 && !closed && why.isEmpty()) {
        left = changed.awaitNanos(left);
      }
      if (streaming) {
        return "";
      }
      return why.isEmpty() ? "Realtime was unable to connect to the project database" : why;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long pause = FIRST_PAUSE_MS;
    while (goesOn()) {
      boolean worked = false;
      try {
        worked = readOnce();
      } catch (SQLException e) {
        worked = broke(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        report(new ChangesEvent.Interrupted(e.toString()), "");
      } finally {
        ended();
      }
      pause = worked ? FIRST_PAUSE_MS : Math.min(2 * pause, LONGEST_PAUSE_MS);
      if (goesOn() && !pause(pause)) {
        return;
      }
    }
    letGo();
  }

  private boolean goesOn() {
    lock.lock();
    try {
      if (closed || dropAtEnd) {
        running = false;
        return false;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean readOnce() throws SQLException, InterruptedException {
    var opened = LogReader.open(replication);
    expectReturns(opened.slot().origin());
    lock.lock();
    try {
      var before = lastSlot;
      if (before != null && !opened.slot().resumed()) {
        outlet.skipped("the connection to the database's log was lost");
      }
      lastSlot = opened.slot();
      reader = opened;
      streaming = true;
      watchedAt = System.nanoTime() - WATCH.toNanos();
      why = "";
      changed.signalAll();
      if (closed) {
        opened.close();
      }
    } finally {
      lock.unlock();
    }
    var slot = opened.slot();
    events.publish(new ChangesEvent.Streaming(slot.name(), slot.lasting(), slot.resumed()));
    opened.read(batch -> dispatcher.take(batch, opened));
    return true;
  }

  /// Before anything is read by a slot that an earlier process left: its clients come back, and
  /// whoever else listens first must not make them miss what changed meanwhile.
  private void expectReturns(Slot.Origin origin) {
    lock.lock();
    try {
      if (lastSlot != null || origin == Slot.Origin.FRESH) {
        return;
      }
      returning = true;
      returnUntil = System.nanoTime() + RETURN.toNanos();
    } finally {
      lock.unlock();
    }
    if (origin == Slot.Origin.RESUMED) {
      dispatcher.keep();
    } else {
      dispatcher.missed("more was written meanwhile than the database keeps for a slot");
    }
  }

  /// @return whether it had worked before
  private boolean broke(SQLException e) {
    boolean worked = reader != null;
    var message = String.valueOf(e.getMessage());
    if (isEnding()) {
      return worked;
    }
    if (worked) {
      events.publish(new ChangesEvent.Interrupted(message));
      if (UNDEFINED.equals(e.getSQLState())) {
        giveUp("a publication was missing for a while");
      }
    } else {
      report(new ChangesEvent.NotStreaming(message), explained(e, message));
    }
    return worked;
  }

  private String explained(SQLException e, String message) {
    if (e instanceof Slot.Unusable) {
      return "Realtime cannot read changes: " + message;
    }
    var state = String.valueOf(e.getSQLState());
    if (state.startsWith("28") || state.equals("42501")) {
      return "Realtime cannot read changes: the role "
          + replication.user()
          + " cannot log in with REPLICATION";
    }
    if (state.startsWith("53")) {
      return "Realtime cannot read changes: no replication slot or sender is free"
          + " (max_replication_slots, max_wal_senders)";
    }
    return "";
  }

  private void report(ChangesEvent event, String reason) {
    boolean fresh;
    lock.lock();
    try {
      fresh = !why.equals(reason) || reason.isEmpty();
      why = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (fresh) {
      events.publish(event);
    }
  }

  private void ended() {
    Optional<Slot> toDrop = Optional.empty();
    lock.lock();
    try {
      streaming = false;
      var last = reader;
      reader = null;
      if (last != null) {
        last.close();
      }
      if (giveUp && last != null && last.slot().lasting()) {
        toDrop = Optional.of(last.slot());
      }
      giveUp = false;
    } finally {
      lock.unlock();
    }
    toDrop.ifPresent(this::drop);
  }

  private void giveUp(String reason) {
    Slot slot;
    lock.lock();
    try {
      giveUp = true;
      slot = lastSlot;
    } finally {
      lock.unlock();
    }
    events.publish(new ChangesEvent.Skipped(slot == null ? "" : slot.name(), reason));
  }

  private void letGo() {
    Slot slot;
    lock.lock();
    try {
      slot = dropAtEnd ? lastSlot : null;
      lastSlot = dropAtEnd ? null : lastSlot;
    } finally {
      lock.unlock();
    }
    if (slot != null && slot.lasting()) {
      drop(slot);
      events.publish(new ChangesEvent.Stopped(slot.name()));
    }
    lock.lock();
    try {
      // Somebody came while the slot was being dropped.
      if (listeners > 0) {
        ensureRunning();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The connection that read by it may take a moment to end at the server.
  private void drop(Slot slot) {
    for (int attempt = 0; attempt < 10; attempt++) {
      try {
        LogReader.drop(replication, slot.name());
        return;
      } catch (SQLException e) {
        if (UNDEFINED.equals(e.getSQLState()) || !pause(FIRST_PAUSE_MS)) {
          return;
        }
      }
    }
  }

  void step(long nanos) {
    boolean endKeeping = false;
    LogReader stop = null;
    LogReader watched = null;
    lock.lock();
    try {
      if (returning && nanos - returnUntil > 0) {
        returning = false;
        endKeeping = true;
      }
      if (running && listeners <= 0 && nanos - idleSince > IDLE.toNanos()) {
        dropAtEnd = true;
        stop = reader;
      }
      if (streaming && nanos - watchedAt > WATCH.toNanos()) {
        watchedAt = nanos;
        watched = reader;
      }
    } finally {
      lock.unlock();
    }
    if (endKeeping) {
      dispatcher.keepNoMore();
    }
    if (stop != null) {
      stop.close();
    }
    if (watched != null) {
      var seen = watch.look(watched.slot());
      if (seen.isPresent() && !seen.get().active()) {
        // The database has given this connection up, and the network did not tell us.
        watched.close();
      } else {
        seen.ifPresent(this::looked);
      }
    }
  }

  /// What follows from how far behind the slot is.
  void looked(SlotWatch.Seen seen) {
    Slot slot;
    LogReader stop;
    lock.lock();
    try {
      slot = lastSlot;
      stop = seen.lag() > SlotWatch.LIMIT_BYTES ? reader : null;
    } finally {
      lock.unlock();
    }
    if (slot != null) {
      watch.note(slot, seen);
    }
    if (stop != null) {
      giveUp("it held back more than " + (SlotWatch.LIMIT_BYTES >> 20) + " MiB");
      stop.close();
    }
  }

  Changes.Status status() {
    lock.lock();
    try {
      var slot = running ? lastSlot : null;
      var seen = slot == null ? SlotWatch.Seen.NOTHING : watch.last();
      return new Changes.Status(
          listeners, reading(), why, slot == null ? "" : slot.name(), seen.lag(), seen.retained());
    } finally {
      lock.unlock();
    }
  }

  private Changes.Reading reading() {
    if (!running) {
      return Changes.Reading.OFF;
    }
    if (!streaming) {
      return Changes.Reading.DOWN;
    }
    return watch.isBehind() ? Changes.Reading.BEHIND : Changes.Reading.READING;
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean isEnding() {
    lock.lock();
    try {
      return closed || dropAtEnd;
    } finally {
      lock.unlock();
    }
  }

  void forget() {
    lock.lock();
    try {
      forgotten = true;
    } finally {
      lock.unlock();
    }
  }

  /// Whether clients of ours will come back when another process takes our place.
  boolean isMissed() {
    lock.lock();
    try {
      return running
          && !forgotten
          && (listeners > 0 || System.nanoTime() - idleSince < RETURN.toNanos());
    } finally {
      lock.unlock();
    }
  }

  void close(boolean drop) {
    LogReader last;
    Slot slot;
    lock.lock();
    try {
      closed = true;
      last = reader;
      slot = lastSlot;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (last != null) {
      last.close();
      if (drop && slot != null && slot.lasting()) {
        drop(slot);
      }
    }
  }

  private static boolean pause(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
