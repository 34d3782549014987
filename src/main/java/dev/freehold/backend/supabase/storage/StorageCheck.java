package dev.freehold.backend.supabase.storage;

import dev.freehold.digest.Digest;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Version;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Whether rows and bytes agree: every row's bytes are there, as many as it says and, when asked,
/// the very ones; and which bytes have no row. Reads only.
public final class StorageCheck {
  private static final int ROWS_AT_ONCE = 1_000;
  private static final int ASKED_AT_ONCE = 20_000;
  private static final int MAX_NAMED = 100;
  private static final UUID FIRST = new UUID(0, 0);
  private static final String ROWS =
      "select " + StoredObject.COLUMNS + " from storage.objects where id > ? order by id limit ?";
  private static final String USAGE =
      """
      select b.id, b.public, b.file_size_limit, count(o.id) as objects,
        coalesce(sum((o.metadata ->> 'size')::bigint), 0) as bytes
      from storage.buckets b left join storage.objects o on o.bucket_id = b.id
      group by b.id order by b.id
      """;

  private final StorageDatabase database;
  private final ObjectStore store;
  private final Sweep sweep;
  private final Clock clock;

  StorageCheck(StorageDatabase database, ObjectStore store, Sweep sweep, Clock clock) {
    this.database = database;
    this.store = store;
    this.sweep = sweep;
    this.clock = clock;
  }

  /// What a bucket holds.
  public record Usage(String bucket, boolean isPublic, long objects, long bytes) {}

  public List<Usage> usage() {
    return database.read(
        Scope.ours(),
        transaction ->
            transaction.all(
                USAGE,
                row ->
                    new Usage(
                        row.getString("id"),
                        row.getBoolean("public"),
                        row.getLong("objects"),
                        row.getLong("bytes"))));
  }

  /// What was found.
  ///
  /// @param missing rows whose bytes are not there, the first hundred as `bucket/name`
  /// @param damaged rows whose bytes are not those that were uploaded, the same way
  /// @param orphans versions without a row that are older than [Sweep#GRACE]
  public record Findings(
      long objects,
      long bytes,
      long missingCount,
      List<String> missing,
      long damagedCount,
      List<String> damaged,
      long orphans,
      long orphanBytes) {
    public boolean clean() {
      return missingCount == 0 && damagedCount == 0 && orphans == 0;
    }
  }

  /// @param reading whether the bytes themselves are read and compared with their ETag
  public Findings verify(boolean reading) {
    var tally = new Tally();
    var after = FIRST;
    while (true) {
      var from = after;
      var rows =
          database.read(
              Scope.ours(),
              transaction -> transaction.all(ROWS, StoredObject::read, from, ROWS_AT_ONCE));
      rows.forEach(row -> look(row, reading, tally));
      if (rows.size() < ROWS_AT_ONCE) {
        break;
      }
      after = UUID.fromString(rows.getLast().id());
    }
    countOrphans(tally);
    return tally.findings();
  }

  /// Removes the bytes without a row.
  public StorageEvent.Swept sweep() {
    return sweep.step(Sweep.GRACE);
  }

  private static final class Tally {
    private final List<String> missing = new ArrayList<>();
    private final List<String> damaged = new ArrayList<>();
    private long objects;
    private long bytes;
    private long missingCount;
    private long damagedCount;
    private long orphans;
    private long orphanBytes;

    void missing(StoredObject row) {
      missingCount++;
      name(missing, row);
    }

    void damaged(StoredObject row) {
      damagedCount++;
      name(damaged, row);
    }

    private static void name(List<String> names, StoredObject row) {
      if (names.size() < MAX_NAMED) {
        names.add(row.bucket() + "/" + row.name());
      }
    }

    Findings findings() {
      return new Findings(
          objects,
          bytes,
          missingCount,
          List.copyOf(missing),
          damagedCount,
          List.copyOf(damaged),
          orphans,
          orphanBytes);
    }
  }

  private void look(StoredObject row, boolean reading, Tally tally) {
    tally.objects++;
    var stored = Rendering.open(store, row.version());
    if (stored.isEmpty()) {
      if (!goneMeanwhile(row)) {
        tally.missing(row);
      }
      return;
    }
    var found = stored.get();
    tally.bytes += found.size();
    var noted = row.noted();
    boolean sizeFits = noted.size() < 0 || noted.size() == found.size();
    if (!reading || !sizeFits) {
      found.drop();
    }
    if (!sizeFits || (reading && !fits(noted, found))) {
      tally.damaged(row);
    }
  }

  private boolean goneMeanwhile(StoredObject row) {
    return database
        .read(Scope.ours(), transaction -> Objects.find(transaction, row.bucket(), row.name()))
        .filter(now -> now.version().equals(row.version()))
        .isEmpty();
  }

  /// An ETag of an upload in pieces says nothing that can be computed again.
  private static boolean fits(ObjectMetadata noted, dev.freehold.objectstore.Stored stored) {
    var etag = noted.etag().replace("\"", "");
    try (var bytes = stored.stream()) {
      if (!etag.matches("[0-9a-f]{32}")) {
        return true;
      }
      return HexFormat.of().formatHex(Digest.MD5.of(bytes)).equals(etag);
    } catch (IOException unreadable) {
      return false;
    }
  }

  private void countOrphans(Tally tally) {
    var before = clock.instant().minus(Sweep.GRACE);
    Map<String, Long> waiting = new LinkedHashMap<>();
    store.each(found -> {
      if (found.written().isBefore(before)) {
        Version version = found.version();
        waiting.put(version.text(), found.size());
      }
      if (waiting.size() == ASKED_AT_ONCE) {
        countOrphans(waiting, tally);
      }
    });
    countOrphans(waiting, tally);
  }

  private void countOrphans(Map<String, Long> waiting, Tally tally) {
    for (var version : sweep.withoutRow(new ArrayList<>(waiting.keySet()))) {
      tally.orphans++;
      tally.orphanBytes += waiting.getOrDefault(version, 0L);
    }
    waiting.clear();
  }
}
