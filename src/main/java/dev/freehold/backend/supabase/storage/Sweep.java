package dev.freehold.backend.supabase.storage;

import dev.freehold.objectstore.GrowingFiles;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Staging;
import dev.freehold.objectstore.Version;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Removes bytes that no row names: what is left when the server ends between storing bytes and
/// writing their row, or between deleting a row and its bytes. Bytes younger than a grace are left
/// alone, for their row may be on its way.
final class Sweep {
  /// Longer than it can take from the bytes to their row.
  static final Duration GRACE = Duration.ofHours(1);

  /// How long an upload in parts may stay uncompleted.
  private static final Duration PARTS_KEPT = Duration.ofDays(7);

  private static final String GIVE_UP =
      "delete from storage.s3_multipart_uploads where created_at < ?";

  /// How many versions one question to the database holds.
  private static final int ASKED_AT_ONCE = 20_000;

  private static final String WITHOUT_ROW =
      """
      select v from unnest(?::text[]) v
      where not exists (select from storage.objects o where o.version = v)
        and not exists (select from storage.s3_multipart_uploads_parts p where p.version = v)
      """;

  private final StorageDatabase database;
  private final ObjectStore store;
  private final Staging staging;
  private final GrowingFiles growing;
  private final Duration resumableLifetime;
  private final Clock clock;

  Sweep(
      StorageDatabase database,
      ObjectStore store,
      Staging staging,
      GrowingFiles growing,
      Duration resumableLifetime,
      Clock clock) {
    this.database = database;
    this.store = store;
    this.staging = staging;
    this.growing = growing;
    this.resumableLifetime = resumableLifetime;
    this.clock = clock;
  }

  StorageEvent.Swept step(Duration grace) {
    var before = clock.instant().minus(grace);
    var left = staging.sweep(before);
    var given = growing.sweep(clock.instant().minus(resumableLifetime));
    int begun = store.sweep(before);
    var removed = new Removed(left.files() + given.files() + begun, left.bytes() + given.bytes());
    giveUpOldParts();
    var waiting = new LinkedHashMap<String, Long>();
    store.each(found -> {
      if (found.written().isBefore(before)) {
        waiting.put(found.version().text(), found.size());
      }
      if (waiting.size() == ASKED_AT_ONCE) {
        remove(waiting, removed);
      }
    });
    remove(waiting, removed);
    return new StorageEvent.Swept(removed.files, removed.bytes);
  }

  /// Their bytes have no row then, and go as others do.
  private void giveUpOldParts() {
    var before = clock.instant().minus(PARTS_KEPT);
    database.run(Scope.ours(), transaction -> transaction.run(GIVE_UP, before));
  }

  private static final class Removed {
    private int files;
    private long bytes;

    Removed(int files, long bytes) {
      this.files = files;
      this.bytes = bytes;
    }
  }

  private void remove(Map<String, Long> waiting, Removed removed) {
    for (var version : withoutRow(new ArrayList<>(waiting.keySet()))) {
      store.delete(new Version(version));
      removed.files++;
      removed.bytes += waiting.getOrDefault(version, 0L);
    }
    waiting.clear();
  }

  /// Which of these versions no row names.
  List<String> withoutRow(List<String> versions) {
    if (versions.isEmpty()) {
      return List.of();
    }
    return database.read(
        Scope.ours(),
        transaction -> transaction.all(WITHOUT_ROW, row -> row.getString(1), versions));
  }
}
