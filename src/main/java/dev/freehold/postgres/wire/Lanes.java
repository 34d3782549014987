package dev.freehold.postgres.wire;

import dev.freehold.postgres.Database;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A bounded number of connections to one database, in two lanes. On the shared lane reads that are
/// known to be quick follow one another on a few connections without waiting for replies; all else
/// has a connection to itself for one batch, or is [#lend lent] one.
///
/// Starts while the database is down and outlives its restarts. Rules for what runs here are those
/// of transaction pooling: no LISTEN, no temporary tables, no plain SET, no session-level locks.
public final class Lanes implements AutoCloseable {
  /// Batches that may be on one shared connection; more take the other lane.
  static final int MOST_SHARED = 32;

  /// Batches that may wait for a connection; more are refused at once.
  static final int MOST_WAITING = 1_000;

  /// A connection whose oldest batch has run for longer is dropped.
  static final Duration LONGEST_BATCH = Duration.ofMinutes(15);

  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final Database database;
  private final LaneLimits limits;
  private final Consumer<Batch> sending;
  private final Costs costs = new Costs();
  private final Semaphore slots;
  private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final SharedLane shared;
  private final AtomicLong refused = new AtomicLong();
  private final Watcher watcher = new Watcher();
  private final ScheduledFuture<?> sweeping;
  private volatile boolean prepares = true;
  private volatile boolean closed;

  /// A connection lent for several batches.
  @FunctionalInterface
  public interface Lent {
    /// As [Lanes#run], on this connection.
    Reply run(Batch batch);
  }

  /// @param sinceNanos when it was last used
  private record Idle(Connection connection, long sinceNanos) {}

  private Lanes(Database database, LaneLimits limits, Consumer<Batch> sending) {
    this.database = database;
    this.limits = limits;
    this.sending = sending;
    // However many processors: what is not known to be quick needs connections too.
    int sharing = Math.min(sharedConnections(), limits.connections() / 2);
    shared = new SharedLane(sharing, () -> dial(true));
    slots = new Semaphore(limits.connections() - sharing, true);
    sweeping =
        Dialer.loop()
            .scheduleWithFixedDelay(
                this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  public static Lanes open(Database database, LaneLimits limits) {
    return open(database, limits, _ -> {});
  }

  /// @param sending is shown each batch before it is sent, on the thread that asks for its answer
  public static Lanes open(Database database, LaneLimits limits, Consumer<Batch> sending) {
    return new Lanes(database, limits, sending);
  }

  private static int sharedConnections() {
    return Math.max(2, Runtime.getRuntime().availableProcessors());
  }

  /// Runs a batch. A read whose connection broke runs once more: a restart breaks them all, and
  /// reading twice harms nobody.
  ///
  /// @throws PostgresException for what PostgreSQL refused; then nothing of it has happened. When
  ///   the connection broke on the way, whether a write took effect is unknown
  public Reply run(Batch batch) {
    try {
      return once(batch);
    } catch (PostgresException e) {
      if (batch.reads() && broken(e)) {
        return once(batch);
      }
      throw e;
    }
  }

  private static boolean broken(PostgresException error) {
    return error.failure() instanceof PostgresFailure.Broken || error.sqlState().equals("57P01");
  }

  private Reply once(Batch batch) {
    if (batch.reads() && costs.quick(batch.keyText())) {
      var connection = shared.pick(MOST_SHARED);
      if (connection != null) {
        try {
          return attempt(connection, batch, Lanes::nothing);
        } catch (PostgresException e) {
          if (!(e.failure() instanceof PostgresFailure.Broken)) {
            throw e;
          }
          // It only reads, so it may run once more: the connection broke, or another's answer
          // turned out too large for it.
          costs.distrust(batch.keyText());
        }
      }
    }
    return alone(batch);
  }

  /// Sends a read that is known to be quick on a shared connection, and does not wait. The reply
  /// comes on the event loop of the connections, where nothing may wait either. It is sent once: a
  /// caller whose future fails, for whatever reason, [runs][#run] the batch.
  ///
  /// @return null when the batch is not known to be quick or no shared connection has room for it;
  ///   then it is to be [run][#run]
  public @Nullable CompletableFuture<Reply> soon(Batch batch) {
    if (!batch.reads() || !costs.quick(batch.keyText())) {
      return null;
    }
    var connection = shared.ready(MOST_SHARED);
    if (connection == null) {
      return null;
    }
    sending.accept(batch);
    var reply = new CompletableFuture<Reply>();
    connection.submit(Exchange.promised(batch, reply));
    return reply;
  }

  /// Lends a connection for several batches. Left in a transaction, it is thrown away.
  public <T> T lend(Function<Lent, T> work) {
    var connection = borrow();
    try {
      return work.apply(batch -> attempt(connection, batch, Lanes::nothing));
    } finally {
      release(connection);
    }
  }

  /// Everything prepared is prepared anew: after a change of the schema.
  public void forgetStatements() {
    costs.clear();
    open.forEach(Connection::forgetStatements);
  }

  /// Whether statements are kept prepared, from the next batch on; otherwise each is parsed anew,
  /// without a name, as poolers between us and PostgreSQL may need it.
  public void prepare(boolean kept) {
    if (prepares && !kept) {
      open.forEach(Connection::forgetStatements);
    }
    prepares = kept;
  }

  /// Sees to it that a connection is open.
  ///
  /// @throws PostgresException when none is and none can be made
  public void connect() {
    if (open.stream().noneMatch(Connection::open)) {
      release(borrow());
    }
  }

  /// The most connections there can be.
  public int size() {
    return limits.connections();
  }

  /// Connections open now.
  public int opened() {
    return open.size();
  }

  /// Connections open now with nothing to do.
  public int available() {
    return idle.size() + shared.unused();
  }

  /// Batches on their way now.
  public int active() {
    return open.stream().mapToInt(Connection::load).sum();
  }

  /// Batches that wait for a connection now.
  public int waiting() {
    return slots.getQueueLength();
  }

  /// Batches refused because no connection became free in time.
  public long refused() {
    return refused.get();
  }

  @Override
  public void close() {
    closed = true;
    sweeping.cancel(false);
    open.forEach(Connection::close);
  }

  /// Sends a batch; where a statement may have been prepared under another schema, once more with
  /// its statements prepared anew.
  ///
  /// @param afterStream run when a large value has been read to its end
  private Reply attempt(Connection connection, Batch batch, Runnable afterStream) {
    sending.accept(batch);
    var exchange = Exchange.awaited(batch, false, afterStream);
    connection.submit(exchange);
    try {
      return exchange.await();
    } catch (PostgresException e) {
      if (connection.inTransaction() || !exchange.reused() || !outdated(e)) {
        throw e;
      }
      var again = Exchange.awaited(batch, true, afterStream);
      connection.submit(again);
      return again.await();
    }
  }

  /// What a change of the schema can bring about: the statement is gone, its result has other
  /// columns, a parameter has another type, a name means something else.
  private static boolean outdated(PostgresException error) {
    return switch (error.sqlState()) {
      case "26000", "22P02", "42703", "42804", "42883", "42P01" -> true;
      case "0A000" ->
          String.valueOf(error.getMessage()).endsWith("cached plan must not change result type");
      default -> false;
    };
  }

  private static void nothing() {}

  private Reply alone(Batch batch) {
    var connection = borrow();
    var streams = false;
    try {
      var reply = attempt(connection, batch, () -> release(connection));
      streams = reply.large().isPresent();
      return reply;
    } finally {
      if (!streams) {
        release(connection);
      }
    }
  }

  private Connection dial(boolean forSharing) {
    var connection = Dialer.dial(database, forSharing, watcher);
    open.add(connection);
    if (closed || !connection.open()) {
      connection.close();
      open.remove(connection);
    }
    return connection;
  }

  private Connection borrow() {
    acquire();
    var borrowed = false;
    try {
      for (var next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
        if (next.connection().open()) {
          borrowed = true;
          return next.connection();
        }
      }
      var connection = dial(false);
      borrowed = true;
      return connection;
    } finally {
      if (!borrowed) {
        slots.release();
      }
    }
  }

  private void acquire() {
    if (slots.tryAcquire()) {
      return;
    }
    var acquired = false;
    if (slots.getQueueLength() < MOST_WAITING) {
      try {
        acquired = slots.tryAcquire(limits.waitLimit().toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (!acquired) {
      refused.incrementAndGet();
      throw new PostgresException(
          new PostgresFailure.PoolFull(limits.connections(), limits.waitLimit()));
    }
  }

  private void release(Connection connection) {
    long now = System.nanoTime();
    var old = now - connection.openedNanos() > limits.lifetime().toNanos();
    if (closed || old || connection.inTransaction() || connection.load() > 0) {
      connection.close();
    } else if (connection.open()) {
      idle.addFirst(new Idle(connection, now));
    }
    slots.release();
  }

  private void sweep() {
    long now = System.nanoTime();
    idle.removeIf(one -> {
      var unused = now - one.sinceNanos() > limits.idleLimit().toNanos();
      if (unused) {
        one.connection().close();
      }
      return unused;
    });
    for (var connection : open) {
      if (now - connection.oldestNanos(now) > LONGEST_BATCH.toNanos()) {
        connection.close();
      }
    }
    shared.retire(now, limits);
  }

  /// Hears of every batch and of every connection that ends.
  private final class Watcher implements Connection.Owner {
    @Override
    public void answered(Connection connection, Exchange exchange, long nanos) {
      if (exchange.batch().reads() && !exchange.failed()) {
        costs.ran(exchange.batch().keyText(), nanos, exchange.bytes());
      }
    }

    @Override
    public void closed(Connection connection) {
      open.remove(connection);
    }

    @Override
    public boolean prepares() {
      return prepares;
    }
  }
}
