package dev.freehold.backend.supabase.rest;

/// Which rows of a result are wanted.
///
/// @param offset rows left out before the first
/// @param limit the most rows taken, [#NO_LIMIT] for all
record Window(long offset, long limit) {
  static final long NO_LIMIT = Long.MAX_VALUE;
  static final Window ALL = new Window(0, NO_LIMIT);

  Window atMost(long rows) {
    return rows > 0 && rows < limit ? new Window(offset, rows) : this;
  }

  /// The rows both want; the limit is negative when there are none.
  Window and(Window other) {
    long start = Math.max(offset, other.offset);
    long end = Math.min(end(), other.end());
    return new Window(start, end == NO_LIMIT ? NO_LIMIT : end - start);
  }

  private long end() {
    return limit == NO_LIMIT ? NO_LIMIT : Math.addExact(offset, limit);
  }
}
