package dev.freehold.backend.supabase.jobs;

import dev.freehold.postgres.PostgresException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A thread that takes one step after another while it leads, and sleeps in between until somebody
/// asks for a step or the time that the last step named is over.
final class JobLoop implements AutoCloseable {
  /// How long it waits after a step that could not reach the database.
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private static final Duration END_PATIENCE = Duration.ofSeconds(5);

  /// What is done.
  interface Work {
    /// Before the first step, whenever this server comes to lead.
    void recover();

    /// @return how long at most until the next step
    Duration step();
  }

  private final Work work;
  private final JobLog log;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean asked;
  private boolean leading;
  private boolean fresh;
  private boolean closed;

  JobLoop(String name, Work work, JobLog log) {
    this.work = work;
    this.log = log;
    thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Asks for a step soon.
  void wake() {
    change(() -> asked = true);
  }

  void lead(boolean leads) {
    change(() -> {
      leading = leads;
      fresh |= leads;
    });
  }

  @Override
  public void close() {
    change(() -> closed = true);
    try {
      boolean unused = thread.isAlive() && thread.join(END_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void change(Runnable what) {
    lock.lock();
    try {
      what.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    var pause = Duration.ZERO;
    while (await(pause)) {
      pause = step();
    }
  }

  private Duration step() {
    boolean first = begin();
    try {
      if (first) {
        work.recover();
      }
      return work.step();
    } catch (PostgresException e) {
      if (first) {
        change(() -> fresh = true);
      }
      return AFTER_FAILURE;
    } catch (RuntimeException e) {
      log.say(thread.getName() + " failed: " + e);
      return AFTER_FAILURE;
    }
  }

  private boolean begin() {
    lock.lock();
    try {
      boolean first = fresh;
      fresh = false;
      asked = false;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until a step is to be taken; false when none is any more.
  private boolean await(Duration most) {
    lock.lock();
    try {
      long left = most.toNanos();
      while (!closed && (!leading || (!asked && !fresh && left > 0))) {
        if (leading) {
          left = changed.awaitNanos(left);
        } else {
          boolean unused = changed.await(1, TimeUnit.HOURS);
        }
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
