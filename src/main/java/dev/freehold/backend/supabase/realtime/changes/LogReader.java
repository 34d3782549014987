package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.Database;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/// One connection to the log: takes the slot and hands on what it reads, in batches, until the
/// connection breaks or is closed.
final class LogReader implements AutoCloseable {
  static final String CHANGES = "supabase_realtime";
  static final String MESSAGES = "supabase_realtime_messages_publication";

  /// How often the server hears that we live. How far we are it hears at once.
  static final long STATUS_MS = 1_000;

  /// How often the log is looked at: while it moves, and when it has not for [#QUIET_NANOS]. The
  /// driver's own waiting would keep the server from hearing how far we are.
  private static final long LOOK_MS = 4;

  private static final long QUIET_LOOK_MS = 20;
  private static final long QUIET_NANOS = 2_000_000_000L;

  /// Changes that are dealt with together.
  static final int MAX_BATCH = 256;

  private static final long MAX_BATCH_BYTES = 512 * 1024;

  private static final String SETTINGS =
      "set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres';"
          + " set bytea_output = 'hex'";

  /// Changes that belong together in time.
  ///
  /// @param end the log's position behind the last whole transaction, 0 when none was completed
  record Batch(List<Change> changes, List<Long> described, long end) {}

  /// Takes batches; may block, which slows the reading down.
  interface Taker {
    void take(Batch batch) throws InterruptedException;
  }

  private final Connection connection;
  private final Slot slot;
  private final PGReplicationStream stream;
  private final Map<Long, WalMessage.Relation> relations = new HashMap<>();
  private List<Change> changes = new ArrayList<>();
  private List<Long> described = new ArrayList<>();
  private long weight;
  private long end;
  private WalMessage.Begin begun = new WalMessage.Begin(0, 0, 0);
  private int index;
  private long confirmed;
  private final AtomicLong dealtWith = new AtomicLong();

  private LogReader(Connection connection, Slot slot, PGReplicationStream stream) {
    this.connection = connection;
    this.slot = slot;
    this.stream = stream;
  }

  static LogReader open(Database replication) throws SQLException {
    var connection = connect(replication);
    try {
      var slot = Slot.take(connection);
      var stream =
          connection
              .unwrap(PGConnection.class)
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(slot.name())
              .withSlotOption("proto_version", 1)
              .withSlotOption("publication_names", CHANGES + "," + MESSAGES)
              .withStatusInterval((int) STATUS_MS, TimeUnit.MILLISECONDS)
              .start();
      return new LogReader(connection, slot, stream);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /// Drops a slot that nobody reads by.
  static void drop(Database replication, String slot) throws SQLException {
    try (var connection = connect(replication)) {
      Slot.drop(connection, slot);
    }
  }

  private static Connection connect(Database replication) throws SQLException {
    var properties = replication.properties();
    properties.setProperty("replication", "database");
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("assumeMinServerVersion", "10");
    properties.setProperty("ApplicationName", "freehold realtime");
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("gssEncMode", "disable");
    var connection = DriverManager.getConnection(replication.jdbcUrl(), properties);
    try (var statement = connection.createStatement()) {
      statement.execute(SETTINGS);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  Slot slot() {
    return slot;
  }

  /// Reads until the connection breaks.
  void read(Taker taker) throws SQLException, InterruptedException {
    long movedAt = System.nanoTime();
    while (true) {
      var next = stream.readPending();
      if (next != null) {
        understand(next);
        movedAt = System.nanoTime();
        if (changes.size() >= MAX_BATCH || weight >= MAX_BATCH_BYTES) {
          hand(taker);
          confirm();
        }
        continue;
      }
      hand(taker);
      confirm();
      Thread.sleep(System.nanoTime() - movedAt < QUIET_NANOS ? LOOK_MS : QUIET_LOOK_MS);
    }
  }

  private void confirm() throws SQLException {
    long reached = dealtWith.get();
    if (reached != confirmed) {
      confirmed = reached;
      var position = LogSequenceNumber.valueOf(reached);
      stream.setFlushedLSN(position);
      stream.setAppliedLSN(position);
      stream.forceUpdateStatus();
    }
  }

  private void hand(Taker taker) throws InterruptedException {
    if (!changes.isEmpty() || !described.isEmpty() || end != 0) {
      taker.take(new Batch(changes, described, end));
      changes = new ArrayList<>();
      described = new ArrayList<>();
      weight = 0;
      end = 0;
    }
  }

  private void understand(ByteBuffer bytes) {
    switch (PgOutput.read(bytes)) {
      case WalMessage.Begin begin -> {
        begun = begin;
        index = 0;
      }
      case WalMessage.Commit commit -> end = commit.end();
      case WalMessage.Relation relation -> {
        relations.put(relation.id(), relation);
        described.add(relation.id());
      }
      case WalMessage.Insert(var id, var row) -> insert(id, row);
      case WalMessage.Update(var id, var old, var row) -> row(id, Change.Action.UPDATE, row, old);
      case WalMessage.Delete(var id, var old) -> row(id, Change.Action.DELETE, Tuple.NONE, old);
      case WalMessage.Other _ -> {}
    }
  }

  private void insert(long id, Tuple row) {
    var table = relations.get(id);
    if (table != null && Messages.isTable(table)) {
      var at = new Change.Position(begun.commitAt(), index++);
      Messages.read(table, row).ifPresent(sent -> add(new Change.Sent(at, sent)));
    } else {
      row(id, Change.Action.INSERT, row, Tuple.NONE);
    }
  }

  private void row(long id, Change.Action action, Tuple row, Tuple old) {
    var at = new Change.Position(begun.commitAt(), index++);
    var table = relations.get(id);
    if (table != null && !Messages.isTable(table)) {
      add(new Change.Row(at, table, action, row, old, begun));
    }
  }

  private void add(Change change) {
    changes.add(change);
    weight += change.weight();
  }

  /// All up to this position has been dealt with; the server may forget it. From any thread.
  void dealtWith(long position) {
    dealtWith.accumulateAndGet(position, Math::max);
  }

  /// Breaks the connection, from any thread.
  @Override
  public void close() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is thrown away either way.
      return;
    }
  }
}
