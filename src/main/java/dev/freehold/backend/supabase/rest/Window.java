package dev.freehold.backend.supabase.rest;

/// Which rows of a result are wanted.
///
/// @param offset rows left out before the first; an embed's may be negative, and PostgreSQL refuses
///   it
/// @param limit the most rows taken, [#NO_LIMIT] for all; may be negative likewise
record Window(long offset, long limit) {
  static final long NO_LIMIT = Long.MAX_VALUE;
  static final Window ALL = new Window(0, NO_LIMIT);

  /// What `limit=0` asks for.
  static final Window NONE = new Window(0, 0);

  Window atMost(long rows) {
    return rows > 0 && rows < limit ? new Window(offset, rows) : this;
  }

  boolean empty() {
    return limit <= 0;
  }

  /// Whether no rows are asked for on purpose.
  boolean limitZero() {
    return limit != NO_LIMIT && offset + limit == 0;
  }

  /// The rows both want.
  Window and(Window other) {
    long start = Math.max(offset, other.offset);
    long end = Math.min(end(), other.end());
    return new Window(start, end == NO_LIMIT ? NO_LIMIT : end - start);
  }

  private long end() {
    return limit == NO_LIMIT ? NO_LIMIT : offset + limit;
  }
}
