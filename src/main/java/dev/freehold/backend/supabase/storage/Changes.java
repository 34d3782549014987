package dev.freehold.backend.supabase.storage;

import java.util.HashSet;
import java.util.Set;

/// Which rows a transaction has changed, for those who keep rows in memory.
final class Changes {
  /// Above this it is simpler to say that all may have changed.
  private static final int MOST_ROWS = 1000;

  private record Row(String bucket, String name) {}

  private final Set<Row> rows = new HashSet<>();
  private boolean all;

  void object(String bucket, String name) {
    if (rows.size() < MOST_ROWS) {
      rows.add(new Row(bucket, name));
    } else {
      all = true;
    }
  }

  /// A bucket, or objects nobody names.
  void everything() {
    all = true;
  }

  void tell(KnownObjects known) {
    if (all) {
      known.forgetAll();
    } else {
      rows.forEach(row -> known.forget(row.bucket(), row.name()));
    }
  }
}
