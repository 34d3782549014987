package dev.freehold.operation;

import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One Operation while it runs: what it has told so far, and the answer it waits for.
public final class RunningOperation implements Progress {
  /// How long a question waits for its answer.
  static final Duration PATIENCE = Duration.ofMinutes(30);

  private static final int MAX_EVENTS = 20_000;

  private final String id;
  private final BiConsumer<Operation.State, String> moved;
  private final List<OperationEvent> events = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final CompletableFuture<Boolean> answer = new CompletableFuture<>();
  private @Nullable Thread thread;
  private volatile boolean ended;
  private volatile boolean asking;
  private volatile boolean cancelled;
  private String step = "";

  RunningOperation(String id, BiConsumer<Operation.State, String> moved) {
    this.id = id;
    this.moved = moved;
  }

  public String id() {
    return id;
  }

  public boolean ended() {
    return ended;
  }

  public void confirm() {
    answer.complete(true);
  }

  /// Declines the question, or interrupts the work: what it had prepared is removed by it.
  public void cancel() {
    boolean declined = answer.complete(false) && asking;
    var working = thread;
    if (!declined && working != null && !ended) {
      cancelled = true;
      working.interrupt();
    }
  }

  /// The events from that one on; waits up to the given time when there is none yet.
  public List<OperationEvent> events(int from, Duration patience) {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (events.size() <= from && !ended && left > 0) {
        left = more.awaitNanos(left);
      }
      return from < events.size() ? List.copyOf(events.subList(from, events.size())) : List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the end.
  ///
  /// @throws ProblemException what the Operation failed with
  public OperationEvent.Done await() {
    for (int next = 0; ; ) {
      for (var event : events(next, Duration.ofSeconds(1))) {
        next++;
        switch (event) {
          case OperationEvent.Done done -> {
            return done;
          }
          case OperationEvent.Failed failed -> throw failed.problem().raise();
          case OperationEvent.StepBegun _,
              OperationEvent.StepEnded _,
              OperationEvent.Line _,
              OperationEvent.Question _ -> {}
        }
      }
    }
  }

  @Override
  public <T> T step(String name, Supplier<T> work) {
    step = name;
    moved.accept(Operation.State.RUNNING, name);
    tell(new OperationEvent.StepBegun(name));
    long start = System.nanoTime();
    var result = work.get();
    tell(new OperationEvent.StepEnded(name, Duration.ofNanos(System.nanoTime() - start)));
    return result;
  }

  @Override
  public void line(String text) {
    tell(new OperationEvent.Line(text));
  }

  @Override
  public void ask(OperationEvent.Question question) {
    asking = !question.confirmed();
    tell(question);
    if (question.confirmed()) {
      return;
    }
    moved.accept(Operation.State.WAITING, step);
    try {
      if (!answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw declined("the plan was declined");
      }
    } catch (TimeoutException e) {
      throw declined("nobody confirmed the plan within " + PATIENCE.toMinutes() + " minutes");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw declined("it was cancelled");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      asking = false;
    }
    moved.accept(Operation.State.RUNNING, step);
  }

  void run(Function<Progress, OperationEvent.Done> work, Consumer<Optional<Problem>> whenEnded) {
    thread = Thread.ofVirtual().name("operation-" + id).unstarted(() -> work(work, whenEnded));
    thread.start();
  }

  void join() {
    var working = thread;
    if (working != null) {
      try {
        working.join(Duration.ofSeconds(20));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void work(
      Function<Progress, OperationEvent.Done> work, Consumer<Optional<Problem>> whenEnded) {
    OperationEvent last;
    try {
      last = work.apply(this);
    } catch (ProblemException e) {
      last = new OperationEvent.Failed(cancelled ? cancelledIn(step) : e.problem());
    } catch (RuntimeException | Error e) {
      last =
          new OperationEvent.Failed(
              Problem.of("internal-error", "this is a fault of Freehold, not of your app")
                  .detail(e + " at " + (e.getStackTrace().length > 0 ? e.getStackTrace()[0] : ""))
                  .hint("please report it, with the log of the server"));
    }
    // Whoever was interrupted may still record how it ended.
    boolean interrupted = Thread.interrupted();
    whenEnded.accept(
        last instanceof OperationEvent.Failed failed
            ? Optional.of(failed.problem())
            : Optional.empty());
    lock.lock();
    try {
      events.add(last);
      ended = true;
      more.signalAll();
    } finally {
      lock.unlock();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(OperationEvent event) {
    lock.lock();
    try {
      if (events.size() < MAX_EVENTS) {
        events.add(event);
        more.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private static Problem cancelledIn(String step) {
    return Problem.of("operation-cancelled", "it was cancelled")
        .detail("in its step " + step)
        .hint("what was live is live as before; run it again when you like");
  }

  private static RuntimeException declined(String why) {
    return Problem.of("operation-declined", why).hint("nothing was changed").raise();
  }
}
