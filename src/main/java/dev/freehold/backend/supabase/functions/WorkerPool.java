package dev.freehold.backend.supabase.functions;

import dev.freehold.http.Response;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The processes of one function of one Release: started by calls, shared by them, stopped when
/// nobody calls.
///
/// A call goes to the process with the fewest calls. Another process is started when all have as
/// many as is comfortable; when no more may be started a call goes to the least busy one, and waits
/// in line when even that has the most it is given. A process that is blocked gets no further call,
/// and is killed when it stays so.
final class WorkerPool {
  private static final Duration LOOKS_UP_WITHIN = Duration.ofSeconds(1);
  private static final Duration END_TOLD_WITHIN = Duration.ofMillis(1_500);
  private static final int KILLED = 128 + 9;

  private final FunctionRelease release;
  private final FunctionRelease.Facts facts;
  private final FunctionLimits limits;
  private final Semaphore places;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Worker> workers = new ArrayList<>();
  private int waiting;
  private boolean closed;

  /// @param places one for each process that may run in this Environment
  WorkerPool(
      FunctionRelease release,
      FunctionRelease.Facts facts,
      FunctionLimits limits,
      Semaphore places,
      Clock clock) {
    this.release = release;
    this.facts = facts;
    this.limits = limits;
    this.places = places;
    this.clock = clock;
  }

  /// What a call gets.
  sealed interface Taken {
    /// @param cold whether the process was started for this call
    record Place(Worker worker, boolean cold) implements Taken {}

    record Refused(Response answer) implements Taken {}

    /// The pool takes no more calls: another Release's does.
    record Closed() implements Taken {}
  }

  FunctionRelease.Facts facts() {
    return facts;
  }

  /// Takes a place in a process; blocks while one starts, or while the call waits in line.
  Taken take() {
    long left = limits.queueWait().toNanos();
    lock.lock();
    try {
      if (waiting >= limits.queue()) {
        return new Taken.Refused(FunctionErrors.busy());
      }
      waiting++;
      try {
        while (!closed) {
          var best = leastBusy();
          boolean mayStart = mayStart(best);
          if (best != null && !mayStart && best.calls < limits.mostCalls()) {
            return taken(best, false);
          }
          if (mayStart && places.tryAcquire()) {
            return started();
          }
          if (best != null && best.calls < limits.mostCalls()) {
            return taken(best, false);
          }
          if (left <= 0) {
            return new Taken.Refused(FunctionErrors.busy());
          }
          left = changed.awaitNanos(left);
        }
        return new Taken.Closed();
      } finally {
        waiting--;
        if (closed) {
          changed.signalAll();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Taken.Refused(FunctionErrors.busy());
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Worker leastBusy() {
    return workers.stream()
        .filter(w -> w.ready && !w.retiring && !w.blocked)
        .min(Comparator.comparingInt(w -> w.calls))
        .orElse(null);
  }

  /// Another one is started for a call only when those that are starting will not do for all that
  /// wait.
  private boolean mayStart(@Nullable Worker best) {
    long starting = workers.stream().filter(w -> !w.ready && !w.retiring).count();
    boolean wanted = best == null || best.calls >= limits.comfortableCalls();
    return wanted
        && workers.size() < limits.processes()
        && starting * limits.comfortableCalls() < waiting;
  }

  private Taken.Place taken(Worker worker, boolean cold) {
    worker.calls++;
    return new Taken.Place(worker, cold);
  }

  /// Starts one and waits for it, without the lock meanwhile.
  private Taken started() {
    Worker worker;
    try {
      worker = new Worker(release.launcher().start(facts), clock.instant());
    } catch (RuntimeException e) {
      places.release();
      throw e;
    }
    workers.add(worker);
    var unused = worker.process.ended().thenRun(() -> forget(worker));
    lock.unlock();
    boolean listens;
    try {
      listens = worker.awaitListening(limits.boot());
    } finally {
      lock.lock();
    }
    if (!listens) {
      worker.retiring = true;
      worker.process.kill();
      return new Taken.Refused(FunctionErrors.bootError());
    }
    worker.ready = true;
    changed.signalAll();
    return taken(worker, true);
  }

  private void forget(Worker worker) {
    lock.lock();
    try {
      if (workers.remove(worker)) {
        places.release();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// A call is over.
  void giveBack(Worker worker) {
    lock.lock();
    try {
      worker.calls--;
      worker.usedAt = clock.instant();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What a call gets whose process broke off: did it take too much, or fail by itself?
  Response brokenOff(Worker worker) {
    var end = worker.end(END_TOLD_WITHIN);
    boolean tooMuch =
        worker.killedByUs || end.map(e -> e.outOfMemory() || e.status() == KILLED).orElse(false);
    return tooMuch ? FunctionErrors.workerLimit() : FunctionErrors.workerError();
  }

  /// What is due now: stops what is idle or old, kills what is blocked. May block for a moment.
  void step(Instant now) {
    for (var worker : all()) {
      if (worker.ready && !worker.process.ended().isDone()) {
        look(worker, now);
      }
    }
  }

  private void look(Worker worker, Instant now) {
    boolean idleNow;
    boolean old;
    boolean busy;
    lock.lock();
    try {
      idleNow = worker.calls == 0 && isPast(worker.usedAt, limits.idle(), now);
      old = isPast(worker.startedAt, limits.age(), now);
      busy = worker.calls > 0;
      worker.retiring |= old;
    } finally {
      lock.unlock();
    }
    if (busy && !worker.pendingWork(LOOKS_UP_WITHIN).isPresent()) {
      Thread.ofVirtual().name("function-blocked").start(() -> blocked(worker));
    } else if ((idleNow || worker.retiring) && !busy) {
      retireWhenQuiet(worker);
    }
  }

  private static boolean isPast(Instant from, Duration limit, Instant now) {
    return Duration.between(from, now).compareTo(limit) > 0;
  }

  /// It gets no further call; when it does not look up for as long as is allowed it is killed.
  private void blocked(Worker worker) {
    lock.lock();
    try {
      if (worker.blocked) {
        return;
      }
      worker.blocked = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean looksUp =
        worker.pendingWork(limits.blocked()).isPresent() || worker.process.ended().isDone();
    lock.lock();
    try {
      worker.blocked = !looksUp;
      worker.killedByUs |= !looksUp;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!looksUp) {
      worker.process.kill();
    }
  }

  private void retireWhenQuiet(Worker worker) {
    var pending = worker.pendingWork(LOOKS_UP_WITHIN);
    lock.lock();
    try {
      if (worker.calls > 0 || pending.orElse(0) > 0) {
        return;
      }
      worker.retiring = true;
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().name("function-stop").start(worker.process::stop);
  }

  /// Stops the one that was idle for longest, so that another function may have its place; false
  /// when none is idle.
  boolean makeRoom() {
    Optional<Worker> idle;
    lock.lock();
    try {
      idle =
          workers.stream()
              .filter(w -> w.ready && !w.retiring && w.calls == 0)
              .min(Comparator.comparing(w -> w.usedAt));
      idle.ifPresent(w -> w.retiring = true);
    } finally {
      lock.unlock();
    }
    idle.ifPresent(w -> w.process.stop());
    return idle.isPresent();
  }

  /// When its longest idle process was last used.
  Optional<Instant> idleSince() {
    lock.lock();
    try {
      return workers.stream()
          .filter(w -> w.ready && !w.retiring && w.calls == 0)
          .map(w -> w.usedAt)
          .min(Comparator.naturalOrder());
    } finally {
      lock.unlock();
    }
  }

  int processes() {
    lock.lock();
    try {
      return workers.size();
    } finally {
      lock.unlock();
    }
  }

  int calls() {
    lock.lock();
    try {
      return workers.stream().mapToInt(w -> w.calls).sum();
    } finally {
      lock.unlock();
    }
  }

  /// Takes no more calls; those that run may finish within the time. Blocks.
  void close(Duration patience) {
    long left = patience.toNanos();
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      while (left > 0 && (waiting > 0 || workers.stream().anyMatch(w -> w.calls > 0))) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    var stops = all().stream().map(w -> Thread.ofVirtual().start(w.process::stop)).toList();
    for (var stop : stops) {
      try {
        stop.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private List<Worker> all() {
    lock.lock();
    try {
      return List.copyOf(workers);
    } finally {
      lock.unlock();
    }
  }
}
