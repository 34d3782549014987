package dev.freehold.postgres.wire;

import java.util.List;

/// Statements sent together, with one Sync behind the last: one round trip, and one transaction
/// unless they hold `BEGIN` themselves. Where one fails, those behind it are not run and what those
/// before it did is undone.
///
/// @param queries the statements
/// @param key the statement by whose text the batch is known to be quick or slow
/// @param kind what it may be done with
public record Batch(List<Query> queries, int key, Kind kind) {

  /// What a batch allows. The last statement's row may be large; how large decides whether it is
  /// gathered in memory.
  public enum Kind {
    /// It only reads and holds no `BEGIN`: others may wait behind it, and it may run twice.
    READ(1 << 20),
    /// It may write. A large row is passed on before PostgreSQL has committed; then a failing
    /// commit breaks the answer off.
    WRITE(8 << 20),
    /// Its connection is lent: the whole row is needed before it goes on.
    STEP(64 << 20);

    private final int gatheredBytes;

    Kind(int gatheredBytes) {
      this.gatheredBytes = gatheredBytes;
    }

    /// The largest row that is gathered.
    int gatheredBytes() {
      return gatheredBytes;
    }
  }

  public Batch {
    queries = List.copyOf(queries);
  }

  /// A batch on a lent connection.
  public static Batch step(List<Query> queries) {
    return new Batch(queries, queries.size() - 1, Kind.STEP);
  }

  boolean reads() {
    return kind == Kind.READ;
  }

  String keyText() {
    return queries.get(key).sql();
  }
}
