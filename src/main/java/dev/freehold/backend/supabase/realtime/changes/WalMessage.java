package dev.freehold.backend.supabase.realtime.changes;

import java.util.List;

/// A message of the `pgoutput` plugin, protocol version 1 (PostgreSQL manual, 54.9). Positions are
/// byte offsets in the write-ahead log; times are microseconds since 2000-01-01 UTC.
sealed interface WalMessage {
  /// A committed transaction begins.
  ///
  /// @param commitAt where its commit stands in the log: what orders transactions
  /// @param id the transaction's, an unsigned 32-bit number
  record Begin(long commitAt, long time, long id) implements WalMessage {}

  /// It is complete.
  ///
  /// @param end from where to go on once it has been dealt with
  record Commit(long end) implements WalMessage {}

  /// What a table is like from here on.
  ///
  /// @param id the table's OID
  record Relation(long id, String schema, String table, List<Column> columns)
      implements WalMessage {}

  /// @param key whether it belongs to the replica identity
  record Column(String name, boolean key) {}

  record Insert(long relation, Tuple row) implements WalMessage {}

  /// @param old the replica identity before, [Tuple#NONE] when it did not change
  record Update(long relation, Tuple old, Tuple row) implements WalMessage {}

  record Delete(long relation, Tuple old) implements WalMessage {}

  /// What concerns nobody here: origins, types, truncations.
  record Other(char kind) implements WalMessage {}
}
