package dev.freehold.backend.supabase.jobs;

import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.postgres.Script;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Runs what is due. [#step] is driven by a thread of [Jobs], and by hand in tests.
///
/// As in pg_cron, a job never runs beside itself: what becomes due meanwhile waits its turn, and a
/// job in seconds waits once at most. A job that is taken away or switched off while it runs is
/// stopped.
final class CronScheduler {
  /// Jobs that run at the same time; others wait for a place.
  static final int MAX_RUNNING = 8;

  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private static final String CANCELLED = "job canceled";
  private static final Duration SHORTEST_LOOK = Duration.ofSeconds(1);

  private final CronBook book;
  private final JobLogins logins;
  private final Supplier<OldProject> old;
  private final Clock clock;
  private final JobLog log;
  private final Runnable wake;
  private final Map<Long, Running> running = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Ended> unwritten = new ConcurrentLinkedQueue<>();

  /// @param wake asks for a step soon
  CronScheduler(
      CronBook book,
      JobLogins logins,
      Supplier<OldProject> old,
      Clock clock,
      JobLog log,
      Runnable wake) {
    this.book = book;
    this.logins = logins;
    this.old = old;
    this.clock = clock;
    this.log = log;
    this.wake = wake;
  }

  /// How a run ended; `again` when its command was never sent.
  private record Ended(
      CronBook.Claim claim, boolean succeeded, boolean again, String message, Instant began) {}

  /// A run that goes on.
  private static final class Running {
    final CronBook.Claim claim;
    private @Nullable Script script;
    private boolean cancelled;

    Running(CronBook.Claim claim) {
      this.claim = claim;
    }

    /// False when it was cancelled before it could begin.
    synchronized boolean begun(Script begun) {
      script = begun;
      return !cancelled;
    }

    synchronized boolean cancelled() {
      return cancelled;
    }

    synchronized void cancel() {
      cancelled = true;
      if (script != null) {
        script.cancel();
      }
    }
  }

  /// Looks at the clock and starts what is due.
  ///
  /// @return when to look again at the latest; empty when only a change of the jobs can matter
  /// @throws PostgresException when the books cannot be reached: nothing was started
  Optional<Instant> step(Instant now) {
    writeEnds();
    var look = book.tick(now);
    var active =
        look.jobs().stream().filter(CronJob::active).map(CronJob::id).collect(Collectors.toSet());
    running.values().stream()
        .filter(run -> !active.contains(run.claim.job().id()))
        .forEach(Running::cancel);
    int places = MAX_RUNNING - running.size();
    if (places > 0 && !active.isEmpty()) {
      book.claim(places, now).forEach(this::start);
    }
    return next(look, now);
  }

  /// Starts a run out of turn.
  ///
  /// @return the run's number; empty while the job runs
  Optional<Long> runNow(CronJob job) {
    var claim = book.claimNow(job, clock.instant());
    claim.ifPresent(this::start);
    return claim.map(CronBook.Claim::runId);
  }

  /// After the database was away, or this server was: what nobody works on is settled.
  void recover(Instant now) {
    writeEnds();
    for (var cut : book.recover(Set.copyOf(running.keySet()), now)) {
      log.say("cron " + cut + " was cut off by a restart and is not run again");
    }
  }

  /// Jobs that run now.
  int runs() {
    return running.size();
  }

  /// Waits for what runs, then stops it.
  void end(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!running.isEmpty() && System.nanoTime() < deadline && pause()) {}
    running.values().forEach(Running::cancel);
    long last = System.nanoTime() + patience.toNanos();
    while (!running.isEmpty() && System.nanoTime() < last && pause()) {}
  }

  private static boolean pause() {
    try {
      Thread.sleep(20);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Optional<Instant> next(CronBook.Look look, Instant now) {
    Instant next = null;
    for (var job : look.jobs()) {
      var schedule = job.active() ? CronSchedule.parse(job.schedule()).orElse(null) : null;
      var at =
          switch (schedule) {
            case CronSchedule.Minutes _ -> CronClock.minute(now).plus(1, ChronoUnit.MINUTES);
            case CronSchedule.Every(var interval) -> {
              var due = look.began().getOrDefault(job.id(), now).plus(interval);
              yield due.isAfter(now) ? due : now.plus(SHORTEST_LOOK);
            }
            case CronSchedule.AtStart _ -> null;
            case null -> null;
          };
      if (at != null && (next == null || at.isBefore(next))) {
        next = at;
      }
    }
    return Optional.ofNullable(next);
  }

  private void start(CronBook.Claim claim) {
    var run = new Running(claim);
    running.put(claim.runId(), run);
    Thread.ofVirtual().name("cron-" + claim.runId()).start(() -> run(run));
  }

  private void run(Running run) {
    var began = clock.instant();
    var job = run.claim.job();
    try (var script =
        Script.open(logins.of(job), CronBook.PROCESS + run.claim.runId(), CONNECT_TIMEOUT)) {
      if (!run.begun(script)) {
        ended(run, false, CANCELLED, began);
        return;
      }
      book.running(run.claim.runId(), script.pid(), began);
      ended(run, true, script.run(old.get().command(job.command())), began);
    } catch (Script.ScriptFailed e) {
      ended(run, false, run.cancelled() ? CANCELLED : e.words(), began);
    } catch (JobLogins.NoLogin e) {
      ended(run, false, String.valueOf(e.getMessage()), began);
    } catch (PostgresException e) {
      var message = "connection failed: " + e.getMessage();
      ended(run, new Ended(run.claim, false, isAway(e), message, began));
    }
  }

  /// Whether the server is away, so that the run may wait until it is back.
  private static boolean isAway(PostgresException e) {
    return switch (e.failure()) {
      case PostgresFailure.Unreachable _, PostgresFailure.Broken _ -> true;
      default -> e.sqlState().startsWith("57P");
    };
  }

  private void ended(Running run, boolean succeeded, String message, Instant began) {
    ended(run, new Ended(run.claim, succeeded, false, message, began));
  }

  private void ended(Running run, Ended end) {
    if (!end.succeeded() && !end.again()) {
      log.say("cron %s failed: %s".formatted(run.claim.job().label(), end.message().strip()));
    }
    unwritten.add(end);
    try {
      writeEnds();
    } catch (PostgresException e) {
      // The books are away; the next step that reaches them writes it down.
      return;
    }
    wake.run();
  }

  private void writeEnds() {
    var failed = new ArrayList<Ended>();
    PostgresException away = null;
    for (var end = unwritten.poll(); end != null; end = unwritten.poll()) {
      try {
        if (end.again()) {
          book.again(end.claim());
        } else {
          book.over(
              end.claim().runId(), end.succeeded(), end.message(), end.began(), clock.instant());
        }
        running.remove(end.claim().runId());
      } catch (PostgresException e) {
        failed.add(end);
        away = e;
      }
    }
    unwritten.addAll(failed);
    if (away != null) {
      throw away;
    }
  }
}
