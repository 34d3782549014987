package dev.freehold.backend.supabase.jobs;

import dev.freehold.http.HttpEngine;
import dev.freehold.http.Outbound;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Notifications;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.telemetry.Events;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Works off what one App's database asks for: scheduled jobs (schema `cron`) and requests (schema
/// `net`). Built without touching the database; begins with [#start].
///
/// Where several servers are on one database, one of them does the work.
public final class Jobs implements AutoCloseable {
  /// `net.check_worker_is_up()` looks for the name. The lock makes one server the one that works a
  /// database's jobs off.
  private static final Notifications.Stand LEADER =
      new Notifications.Stand("freehold jobs", OptionalLong.of(7166420317L));

  private static final String CHANNEL = "freehold_jobs";
  private static final int CONNECTIONS = 3;
  private static final Duration WAIT = Duration.ofSeconds(10);

  /// How long running jobs may go on after the end was asked for.
  private static final Duration DRAIN = Duration.ofSeconds(3);

  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(10);
  private static final Duration CLEAN_UP = Duration.ofMinutes(10);

  private final Pool pool;
  private final Outbound outbound;
  private final CronBook cronBook;
  private final CronScheduler scheduler;
  private final NetWorker worker;
  private final JobLoop cronLoop;
  private final JobLoop netLoop;
  private final Database database;
  private final JobLog log;
  private final Clock clock;
  private final AtomicBoolean started = new AtomicBoolean();
  private volatile OldProject old;
  private volatile @Nullable Notifications listening;

  /// What it works for.
  ///
  /// @param superuser the App's database
  /// @param logins as whom jobs may run
  /// @param old the project that the App came from
  /// @param own the network address at which the App's own address is served
  /// @param allowed `HOST:PORT` that requests may reach though they are this machine's or private
  /// @param scope the Environment's id; empty for a server of its own
  public record Place(
      Database superuser,
      JobLogins logins,
      OldProject old,
      InetAddress own,
      Set<String> allowed,
      String scope) {}

  public Jobs(Place place, HttpEngine http, Clock clock, Events events) {
    this.clock = clock;
    this.old = place.old();
    log = new JobLog(events, clock, place.scope());
    pool = Pool.open(place.superuser(), PoolLimits.occasional(CONNECTIONS, WAIT));
    outbound = new Outbound(http);
    cronBook = new CronBook(pool);
    scheduler = new CronScheduler(cronBook, place.logins(), () -> old, clock, log, this::wakeCron);
    var sender = new NetSender(outbound, new AddressRule(place.allowed()), () -> old, place.own());
    worker = new NetWorker(new NetBook(pool), sender, log, this::wakeNet);
    cronLoop = new JobLoop("cron", new CronWork(), log);
    netLoop = new JobLoop("net", new NetWork(), log);
    database = place.superuser();
  }

  /// Begins to work, once; more calls do nothing.
  public void start() {
    if (started.compareAndSet(false, true)) {
      cronLoop.start();
      netLoop.start();
      listening = Notifications.listen(database, LEADER, List.of(CHANNEL), new Hearing());
    }
  }

  /// The App came from that project, as its live Release knows.
  public void cameFrom(OldProject project) {
    old = project;
  }

  /// Makes the jobs those of that Release: see `freehold.cron_release`.
  ///
  /// @return what could not be brought back because somebody changed it since
  public List<String> release(int number) {
    return cronBook.release(number);
  }

  /// Makes the job that works off the App's queue of mails what the live Release needs: there or
  /// gone, with that key in the vault.
  ///
  /// @param address what works it off; empty when the Release has nothing that does
  /// @param key our JWT for `service_role`
  /// @return why the job was left as it is, where somebody changed it since
  public Optional<String> mailQueue(Optional<String> address, String key) {
    return pool.with(connection -> {
      try (var ask = connection.prepareStatement("select freehold.mail_queue_release(?, ?)")) {
        ask.setString(1, address.orElse(null));
        ask.setString(2, key);
        try (var row = ask.executeQuery()) {
          return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
        }
      }
    });
  }

  public List<CronJob> jobs() {
    return cronBook.jobs();
  }

  /// The newest runs first.
  ///
  /// @param jobId 0 for those of all jobs
  public List<CronRun> runs(long jobId, int most) {
    return cronBook.runs(jobId, most);
  }

  /// Runs a job now, beside its schedule.
  ///
  /// @return the run's number; empty while the job runs
  public Optional<Long> runNow(CronJob job) {
    return scheduler.runNow(job);
  }

  @Override
  public void close() {
    var heard = listening;
    if (heard != null) {
      heard.close();
    }
    if (started.get()) {
      cronLoop.close();
      netLoop.close();
      scheduler.end(DRAIN);
      outlast();
    }
    outbound.close();
    pool.close();
  }

  /// Requests under way get a moment to be answered; the rest is settled at the next start.
  private void outlast() {
    long deadline = System.nanoTime() + DRAIN.toNanos();
    try {
      while (worker.inFlight() > 0 && System.nanoTime() < deadline) {
        worker.writeAnswers();
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (dev.freehold.postgres.PostgresException e) {
      // The database went first; what is not written down is settled at the next start.
      return;
    }
  }

  private void wakeCron() {
    cronLoop.wake();
  }

  private void wakeNet() {
    netLoop.wake();
  }

  private final class CronWork implements JobLoop.Work {
    private Instant cleaned = Instant.MIN;

    @Override
    public void recover() {
      scheduler.recover(clock.instant());
    }

    @Override
    public Duration step() {
      var now = clock.instant();
      if (cleaned.plus(CLEAN_UP).isBefore(now)) {
        cronBook.trim();
        cleaned = now;
      }
      var next = scheduler.step(now);
      var pause = next.map(at -> Duration.between(clock.instant(), at)).orElse(LONGEST_SLEEP);
      return pause.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : pause;
    }
  }

  private final class NetWork implements JobLoop.Work {
    private Instant cleaned = Instant.MIN;

    @Override
    public void recover() {
      worker.recover();
    }

    @Override
    public Duration step() {
      var now = clock.instant();
      if (cleaned.plus(CLEAN_UP).isBefore(now)) {
        worker.sweep();
        cleaned = now;
      }
      worker.step();
      return LONGEST_SLEEP;
    }
  }

  private final class Hearing implements Notifications.Listener {
    @Override
    public void connected() {
      cronLoop.lead(true);
      netLoop.lead(true);
    }

    @Override
    public void notified(String channel, String what) {
      if (what.equals("net")) {
        netLoop.wake();
      } else {
        cronLoop.wake();
      }
    }

    @Override
    public void lost() {
      cronLoop.lead(false);
      netLoop.lead(false);
    }

    @Override
    public void waiting() {
      log.say("another server works this database's jobs off; this one waits for its turn");
    }
  }
}
