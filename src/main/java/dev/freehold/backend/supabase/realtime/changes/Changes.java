package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.realtime.changes.Registry.Bound;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.telemetry.Events;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What changes in one database, for those who listen: rows of the tables in publication
/// `supabase_realtime`, and messages put into `realtime.messages`.
///
/// Nothing is read, and no slot held, while nobody listens; but a slot that an earlier process left
/// is read at once, because its clients are on their way back.
public final class Changes implements AutoCloseable {
  /// How long a subscription waits until changes are read.
  public static final Duration PATIENCE = Duration.ofSeconds(15);

  /// How long the server is given to hear how far we are.
  private static final long CLOSE_GRACE_MS = 150;

  private final Registry registry = new Registry();
  private final Map<Subscription, List<Bound>> bounds = new ConcurrentHashMap<>();
  private final Pool pool;
  private final BindingCheck check;
  private final Dispatcher dispatcher;
  private final Stream stream;

  /// What became of a wish to listen.
  public sealed interface Outcome {
    /// Changes come from now on.
    ///
    /// @param missed what is lost to a client that came back, empty for nothing
    record Subscribed(String missed) implements Outcome {}

    /// It cannot be had as asked for; asking again is useless.
    record Refused(String message) implements Outcome {}

    /// Not now; the message says what is missing.
    record Unavailable(String message) implements Outcome {}
  }

  /// How the reading of changes is.
  public enum Reading {
    /// Nobody listens.
    OFF,
    READING,
    /// It is read, but so far behind that its owner should know.
    BEHIND,
    /// Somebody listens, and it cannot be read now.
    DOWN
  }

  /// How far the stream is. Bytes are of the database's log, as looked at every 15 s.
  ///
  /// @param channels how many listen
  /// @param why what keeps changes from being read, empty when that is nothing or not known
  /// @param slot the replication slot, empty when there is none
  /// @param lagBytes still to be read
  /// @param retainedBytes kept on the database's disk for the slot
  public record Status(
      int channels, Reading reading, String why, String slot, long lagBytes, long retainedBytes) {}

  /// @param replication the database as a role that may replicate
  /// @param pool connections as `authenticator`, which may become any role of the API
  public Changes(Database replication, Pool pool, Outlet outlet, Events events) {
    var tables = new Tables(pool);
    this.pool = pool;
    this.check = new BindingCheck(pool, tables, LogReader.CHANGES);
    this.dispatcher =
        new Dispatcher(registry, tables, new Router(pool, tables, events), outlet, events);
    this.stream = new Stream(replication, pool, dispatcher, outlet, events);
    dispatcher.start();
    stream.resumeWhatWasLeft();
  }

  /// Somebody listens to this database: changes are read from now on.
  public void open() {
    stream.wanted(1);
  }

  /// Takes back one [#open].
  public void shut() {
    stream.wanted(-1);
  }

  /// Waits until changes are read.
  ///
  /// @return what is missing, empty when nothing is
  public String ready() {
    try {
      return stream.await(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "Realtime is restarting, please standby";
    }
  }

  /// Starts a subscription, or brings one up to its renewed session. Blocks until changes come.
  public Outcome subscribe(Subscription subscription) {
    try {
      var checked = check.bounds(subscription);
      var missing = stream.await(PATIENCE);
      if (!missing.isEmpty()) {
        return new Outcome.Unavailable(missing);
      }
      boolean comesBack = subscription.begin(() -> Snapshot.now(pool));
      var added = dispatcher.add(checked, comesBack);
      var before = bounds.put(subscription, checked);
      if (before != null) {
        registry.remove(before);
      }
      var missed = added.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (subscription.ended()) {
        unsubscribe(subscription);
      }
      return new Outcome.Subscribed(missed);
    } catch (BindingCheck.Refused refused) {
      return new Outcome.Refused(String.valueOf(refused.getMessage()));
    } catch (PostgresException e) {
      return new Outcome.Unavailable("Realtime was unable to connect to the project database");
    } catch (TimeoutException | ExecutionException e) {
      return new Outcome.Unavailable("Realtime is busy, please try again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Unavailable("Realtime is restarting, please standby");
    }
  }

  /// The same bindings under another session.
  public Outcome renew(Subscription subscription, Session session) {
    subscription.renew(session);
    return subscribe(subscription);
  }

  public void unsubscribe(Subscription subscription) {
    subscription.end();
    var its = bounds.remove(subscription);
    if (its != null) {
      registry.remove(its);
    }
  }

  /// Looks after the slot; to be called every second or so.
  ///
  /// @param nanos [System#nanoTime]
  public void step(long nanos) {
    stream.step(nanos);
  }

  /// What follows from the slot being so many bytes behind the database.
  public void looked(long lagBytes) {
    stream.looked(new SlotWatch.Seen(lagBytes, lagBytes, true));
  }

  public Status status() {
    return stream.status();
  }

  /// Nobody comes back: the slot goes when this is closed.
  public void forget() {
    stream.forget();
  }

  /// Stops. A lasting slot stays for the next process when somebody was there until now; otherwise
  /// it is dropped.
  @Override
  public void close() {
    boolean leave = stream.isMissed();
    dispatcher.close();
    if (leave) {
      try {
        Thread.sleep(CLOSE_GRACE_MS); // the server is told how far we are
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    stream.close(!leave);
  }
}
