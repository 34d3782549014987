package dev.freehold.monitor;

import dev.freehold.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/// The append-only record of who did what, to which environment, and when.
public final class Journal {
  private static final int MAX_ROWS = 1_000;

  private final Store store;
  private final Clock clock;

  public Journal(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// One thing somebody did.
  public record Entry(Instant at, String by, String environment, String action, String detail) {}

  public void record(String by, String environment, String action, String detail) {
    store.write(
        "insert into journal (at, by, environment, action, detail) values (?, ?, ?, ?, ?)",
        clock.instant().toString(),
        by,
        environment,
        action,
        detail);
  }

  /// Newest first; every environment's when the id is empty.
  public List<Entry> newest(String environment, int most) {
    return store.list(
        "select at, by, environment, action, detail from journal"
            + " where ? = '' or environment = ? order by id desc limit ?",
        row ->
            new Entry(
                Instant.parse(row.getString(1)),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5)),
        environment,
        environment,
        Math.clamp(most, 0, MAX_ROWS));
  }
}
