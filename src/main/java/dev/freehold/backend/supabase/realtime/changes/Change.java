package dev.freehold.backend.supabase.realtime.changes;

import java.time.Instant;

/// What came out of the log for somebody here.
sealed interface Change {
  /// Microseconds between the epochs of Unix and PostgreSQL.
  long EPOCH_MICROS = 946_684_800_000_000L;

  Position at();

  /// Rough size in memory, in bytes.
  long weight();

  /// Where a change stands: in which transaction, and which of it. Orders all changes.
  record Position(long commitAt, int index) implements Comparable<Position> {
    static final Position START = new Position(0, 0);

    @Override
    public int compareTo(Position other) {
      int byCommit = Long.compareUnsigned(commitAt, other.commitAt);
      return byCommit != 0 ? byCommit : Integer.compare(index, other.index);
    }
  }

  /// What happened to a row.
  enum Action {
    INSERT,
    UPDATE,
    DELETE
  }

  /// A row of a published table changed.
  ///
  /// @param table as it was then
  /// @param row after the change, [Tuple#NONE] for a DELETE
  /// @param old the replica identity before, as far as it was sent
  /// @param by the transaction
  record Row(
      Position at,
      WalMessage.Relation table,
      Action action,
      Tuple row,
      Tuple old,
      WalMessage.Begin by)
      implements Change {
    Instant time() {
      long micros = by.time() + EPOCH_MICROS;
      return Instant.ofEpochSecond(
          Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    }

    @Override
    public long weight() {
      return 96 + row.weight() + old.weight();
    }
  }

  /// A message was put into `realtime.messages`.
  record Sent(Position at, StoredMessage message) implements Change {
    @Override
    public long weight() {
      return 96 + message.bytes();
    }
  }
}
