package dev.freehold.supervisor;

import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// Keeps processes alive: starts what a [ProcessSpec] says, asks it whether it answers, starts it
/// again when it ends, and stops it whole.
///
/// All of that happens in [#step], which never waits; [#open] gives it a thread. A file for each
/// process lets the next run find and kill what this one left behind, should it die itself
/// ([#sweep]).
public final class Supervisor implements AutoCloseable {
  /// The exit status of a process that could not be started, or whose status is not known.
  static final int NOT_STARTED = -1;

  private static final Duration TICK = Duration.ofMillis(25);

  private final Path folder;
  private final Clock clock;
  private final RandomGenerator random;
  private final Events events;
  private final Ports ports;
  private final ConcurrentHashMap<String, Instance> instances = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /// A supervisor that somebody steps.
  ///
  /// @param folder where the files of its processes lie; of this supervisor alone
  /// @param random for the pauses between restarts, ports and tokens
  public Supervisor(Path folder, Clock clock, RandomGenerator random, Events events) {
    this.folder = DurableFiles.secretFolder(folder);
    this.clock = clock;
    this.random = random;
    this.events = events;
    this.ports = new Ports(random);
  }

  /// A supervisor with a thread that steps it until it is closed. What an earlier run left behind
  /// is swept away first.
  public static Supervisor open(Path folder, Events events) {
    var supervisor = new Supervisor(folder, Clock.systemUTC(), new SecureRandom(), events);
    supervisor.sweep();
    Thread.ofPlatform().daemon().name("freehold-supervisor").start(supervisor::stepUntilClosed);
    return supervisor;
  }

  /// Starts it at once and returns; wait with [Instance#awaitHealthy].
  ///
  /// @throws dev.freehold.problem.ProblemException `instance-already-runs`
  public Instance start(ProcessSpec spec) {
    if (closed.get()) {
      throw Problem.of("supervisor-closed", "Freehold is stopping and starts nothing new").raise();
    }
    var instance = new Instance(spec, this, now());
    if (instances.putIfAbsent(spec.id(), instance) != null) {
      throw Problem.of("instance-already-runs", spec.id() + " is running already")
          .hint("stop it first, or start the new copy under its own id")
          .raise();
    }
    instance.step(now());
    return instance;
  }

  /// What is due now, for every instance. Never waits.
  public void step(Instant now) {
    for (var instance : instances.values()) {
      try {
        instance.step(now);
      } catch (RuntimeException e) {
        // A disk that is full, or a fault of ours: the other instances must not pay for it.
        publish(new InstanceEvent.Faulted(now, instance.id(), e));
      }
    }
  }

  /// Those that were started and not stopped, in no order.
  public List<Instance> instances() {
    return List.copyOf(instances.values());
  }

  /// A loopback port that nobody listens on and that was not given to anyone else lately. It is
  /// free again once an instance that had it is stopped.
  public int freePort() {
    return ports.take();
  }

  /// Kills what an earlier run left behind, and only that. Call it before anything is started.
  public void sweep() {
    for (var mark : ProcessMark.all(folder)) {
      for (long pid : mark.killLeft()) {
        publish(new InstanceEvent.Swept(now(), mark.id(), pid));
      }
      mark.forget(folder);
    }
  }

  /// Stops all, at the same time, each within its patience.
  @Override
  public void close() {
    closed.set(true);
    var stops = instances().stream().map(i -> Thread.ofVirtual().start(i::stop)).toList();
    for (var stop : stops) {
      try {
        stop.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void stepUntilClosed() {
    while (!closed.get()) {
      step(now());
      LockSupport.parkNanos(TICK.toNanos());
    }
  }

  void stopped(Instance instance) {
    if (instances.remove(instance.id(), instance)) {
      if (instance.port() > 0) {
        ports.giveBack(instance.port());
      }
    }
  }

  void publish(Event event) {
    events.publish(event);
  }

  Instant now() {
    return clock.instant();
  }

  Path folder() {
    return folder;
  }

  RandomGenerator random() {
    return random;
  }
}
