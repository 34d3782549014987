package dev.freehold.supervisor;

import dev.freehold.os.Commands;
import dev.freehold.os.Running;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import dev.freehold.supervisor.InstanceState.BackingOff;
import dev.freehold.supervisor.InstanceState.Draining;
import dev.freehold.supervisor.InstanceState.Exited;
import dev.freehold.supervisor.InstanceState.Healthy;
import dev.freehold.supervisor.InstanceState.Starting;
import dev.freehold.supervisor.InstanceState.Unhealthy;
import dev.freehold.telemetry.LogLine;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One running copy of what a [ProcessSpec] says, kept alive by its [Supervisor].
///
/// Its state changes only under its lock. The lock is held while a process is being started, which
/// takes milliseconds, but never while one is waited for.
public final class Instance {
  /// How long the last lines of an ended process may take to arrive.
  private static final Duration LAST_WORDS_WITHIN = Duration.ofSeconds(1);

  private final ProcessSpec spec;
  private final Supervisor supervisor;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LogTail tail = new LogTail();
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();

  private volatile InstanceState state;
  private @Nullable Running running;
  private ProcessMark mark;
  private @Nullable CompletableFuture<Probe.Answer> question;
  private Instant startedAt;
  private Instant nextQuestion;
  private Instant nextStart;
  private @Nullable Instant seenDeadAt;
  private boolean stopping;
  private boolean answered;
  private boolean killed;
  private int crashes;
  private int badAnswers;
  private int silences;

  Instance(ProcessSpec spec, Supervisor supervisor, Instant now) {
    this.spec = spec;
    this.supervisor = supervisor;
    this.mark = ProcessMark.fresh(spec.id(), supervisor.random());
    this.startedAt = now;
    this.nextQuestion = now;
    this.nextStart = now;
    this.state = new Starting(now, 0);
  }

  public ProcessSpec spec() {
    return spec;
  }

  public String id() {
    return spec.id();
  }

  public int port() {
    return spec.port();
  }

  public InstanceState state() {
    return state;
  }

  /// Completes with the exit status when a process that is never restarted has ended, or when it is
  /// stopped for good.
  public CompletableFuture<Integer> ended() {
    return ended;
  }

  /// Ends it at once, without asking; what is due then is done in a later step.
  public void kill() {
    lock.lock();
    try {
      kill("it was told to end at once");
    } finally {
      lock.unlock();
    }
  }

  /// The last lines it wrote.
  public String lastWords() {
    return tail.text();
  }

  /// Waits until it is healthy.
  ///
  /// @throws ProblemException `instance-exited` as soon as its process ends, `instance-not-healthy`
  ///   when the time is over; both with its last lines. It is left as it is: stop it.
  public void awaitHealthy(Duration within) {
    long left = within.toNanos();
    lock.lock();
    try {
      while (!(state instanceof Healthy)) {
        switch (state) {
          case BackingOff(_, _, int status) -> throw ended("it ended with status " + status);
          case Exited(_, int status) -> throw ended("it was stopped with status " + status);
          case Draining _ -> throw ended("it is being stopped");
          case Unhealthy(_, long pid, String reason) when pid == 0 -> throw ended(reason);
          case Healthy _, Starting _, Unhealthy _ -> {
            if (left <= 0) {
              throw notHealthy(within);
            }
            left = changed.awaitNanos(left);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notHealthy(within);
    } finally {
      lock.unlock();
    }
  }

  /// Stops it for good: asks the whole tree to finish, waits as long as the spec allows, kills what
  /// is left. Returns when nothing of it runs any more. A second call waits for the first.
  public void stop() {
    var process = drain();
    if (process.isPresent()) {
      process.get().stop(spec.stopPatience());
      mark.killLeft();
    }
    lock.lock();
    try {
      if (!(state instanceof Exited)) {
        int status = process.map(this::statusOf).orElse(0);
        mark.forget(supervisor.folder());
        become(new Exited(supervisor.now(), status));
        supervisor.publish(new InstanceEvent.Stopped(supervisor.now(), id(), status));
        ended.complete(status);
      }
    } finally {
      lock.unlock();
      supervisor.stopped(this);
    }
  }

  /// What is due now: start it, ask it, notice its end. Never waits.
  void step(Instant now) {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (stopping) {
        return;
      }
      if (running == null) {
        startWhenDue(now);
      } else if (running.alive()) {
        if (spec.port() > 0) {
          takeAnswer(now);
          restartWhenTooSlow(now);
          askWhenDue(now);
        }
      } else {
        noticeEnd(running, now);
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Running> drain() {
    lock.lock();
    try {
      if (!stopping) {
        stopping = true;
        var process = running;
        if (process != null) {
          become(new Draining(supervisor.now().plus(spec.stopPatience()), process.pid()));
        }
      }
      return Optional.ofNullable(running);
    } finally {
      lock.unlock();
    }
  }

  private void startWhenDue(Instant now) {
    if (now.isBefore(nextStart)) {
      return;
    }
    startedAt = now;
    try {
      mark = ProcessMark.fresh(id(), supervisor.random());
      mark.save(supervisor.folder());
      running =
          Commands.start(spec.command().with(ProcessMark.VARIABLE, mark.token()), this::wrote);
    } catch (ProblemException | UncheckedIOException e) {
      var reason = String.valueOf(e.getMessage());
      supervisor.publish(new InstanceEvent.NotStarted(now, id(), reason));
      tail.add(reason);
      crashed(now, Supervisor.NOT_STARTED);
      return;
    }
    if (neverRestarted()) {
      var unused = running.exit().thenAccept(ended::complete);
    }
    mark = mark.of(running.pid());
    mark.save(supervisor.folder());
    nextQuestion = now;
    question = null;
    seenDeadAt = null;
    answered = false;
    killed = false;
    badAnswers = 0;
    silences = 0;
    supervisor.publish(new InstanceEvent.Started(now, id(), running.pid()));
    become(
        state instanceof Unhealthy(Instant since, _, String reason)
            ? new Unhealthy(since, running.pid(), reason)
            : new Starting(now, running.pid()));
  }

  private void wrote(String line) {
    tail.add(line);
    var labels = spec.log();
    supervisor.publish(
        new LogLine(supervisor.now(), labels.source(), labels.scope(), labels.release(), line));
  }

  private void askWhenDue(Instant now) {
    var readiness = spec.readiness();
    boolean once = state instanceof Healthy && readiness.recheck().isZero();
    if (question == null && !once && !now.isBefore(nextQuestion)) {
      question = Probe.ask(spec.port(), readiness.path(), readiness.answerWithin());
    }
  }

  private void takeAnswer(Instant now) {
    var asked = question;
    if (asked == null || !asked.isDone()) {
      return;
    }
    question = null;
    switch (asked.join()) {
      case Probe.Answer.Status(int code) when code < spec.readiness().aliveBelow() -> good(now);
      case Probe.Answer.Status(int code) -> {
        silences = 0;
        bad(now, "it answers with status " + code);
      }
      case Probe.Answer.Silence(String reason) -> {
        silences++;
        bad(now, reason);
      }
    }
    boolean steady = state instanceof Healthy && badAnswers == 0;
    var pause = steady ? spec.readiness().recheck() : spec.readiness().interval();
    nextQuestion = now.plus(pause);
  }

  private void good(Instant now) {
    answered = true;
    badAnswers = 0;
    silences = 0;
    if (!(state instanceof Healthy)) {
      become(new Healthy(now, pid()));
      var took = Duration.between(startedAt, now);
      supervisor.publish(new InstanceEvent.Healthy(now, id(), pid(), took));
    }
    if (Duration.between(startedAt, now).compareTo(spec.restart().steadyAfter()) >= 0) {
      crashes = 0;
    }
  }

  private void bad(Instant now, String reason) {
    badAnswers++;
    int strikes = spec.readiness().strikes();
    if (state instanceof Healthy && badAnswers >= strikes) {
      unhealthy(now, pid(), reason);
    }
    if (answered && silences >= 2 * strikes) {
      kill("it hangs: " + reason);
    }
  }

  private void restartWhenTooSlow(Instant now) {
    var limit = spec.readiness().timeout();
    if (!answered && Duration.between(startedAt, now).compareTo(limit) > 0) {
      kill("it did not answer well within " + limit.toMillis() + " ms");
    }
  }

  /// Its end is noticed in a later step, like any other.
  private void kill(String why) {
    var process = running;
    if (process != null && !killed) {
      killed = true;
      tail.add("[freehold] killed: " + why);
      process.kill();
    }
  }

  private void noticeEnd(Running ended, Instant now) {
    if (seenDeadAt == null) {
      seenDeadAt = now;
      mark.killLeft(); // a child that outlived it would hold its port and its output open
    }
    boolean readToTheEnd = ended.exit().isDone();
    if (!readToTheEnd && Duration.between(seenDeadAt, now).compareTo(LAST_WORDS_WITHIN) < 0) {
      return;
    }
    mark.forget(supervisor.folder());
    running = null;
    question = null;
    int status = statusOf(ended);
    supervisor.publish(new InstanceEvent.Exited(now, id(), ended.pid(), status));
    crashed(now, status);
  }

  private boolean neverRestarted() {
    return spec.restart().equals(RestartPolicy.NEVER);
  }

  private void crashed(Instant now, int status) {
    if (neverRestarted()) {
      stopping = true;
      become(new Exited(now, status));
      ended.complete(status);
      supervisor.stopped(this);
      return;
    }
    crashes++;
    var pause = spec.restart().pause(crashes, supervisor.random());
    nextStart = now.plus(pause);
    if (crashes >= spec.restart().crashLoop()) {
      unhealthy(
          now, 0, "it ended " + crashes + " times in a row, the last time with status " + status);
    } else {
      become(new BackingOff(nextStart, crashes, status));
    }
    supervisor.publish(new InstanceEvent.BackedOff(now, id(), crashes, pause));
  }

  private void unhealthy(Instant now, long pid, String reason) {
    become(new Unhealthy(now, pid, reason));
    supervisor.publish(new InstanceEvent.Unhealthy(now, id(), reason));
  }

  private void become(InstanceState next) {
    state = next;
    changed.signalAll();
  }

  private long pid() {
    var process = running;
    return process == null ? 0 : process.pid();
  }

  private int statusOf(Running ended) {
    return ended.status().orElse(Supervisor.NOT_STARTED);
  }

  private ProblemException ended(String why) {
    return Problem.of("instance-exited", id() + " did not become healthy: " + why)
        .detail(lastWords())
        .hint("its last lines usually name the cause, often a variable that is not set")
        .raise();
  }

  private ProblemException notHealthy(Duration within) {
    var path = spec.readiness().path();
    return Problem.of(
            "instance-not-healthy",
            id() + " did not answer well on " + path + " within " + within.toMillis() + " ms")
        .detail(lastWords())
        .hint("it runs but does not answer: does it listen on the address in HOST and PORT?")
        .raise();
  }
}
