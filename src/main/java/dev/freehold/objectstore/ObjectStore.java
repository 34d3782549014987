package dev.freehold.objectstore;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// Bytes by version: written once, whole or absent, never changed. It knows no names, buckets or
/// owners; those are rows in a database. Bytes of a version that no row names are orphans.
///
/// All methods block. A store that cannot be reached, or fails, is a
/// [dev.freehold.problem.ProblemException] `object-store-failed`.
public interface ObjectStore {
  /// Bytes that are there.
  ///
  /// @param size in bytes
  /// @param written when they were kept
  record Found(Version version, long size, Instant written) {}

  /// Keeps a finished file's bytes as that version's. When this returns they survive a crash. The
  /// file is gone afterwards; when this throws it is left where it was.
  void keep(Path finished, Version version);

  /// Where bytes are best kept that are wanted again soon and then no more; this store can open and
  /// delete what is kept there.
  default ObjectStore nearby() {
    return this;
  }

  /// The version's bytes; empty when there are none.
  Optional<Stored> open(Version version);

  /// The version's bytes for one who may not wait: of a file on this machine that somebody has just
  /// had open. Empty when there are none, or asking would take longer.
  default Optional<Stored.OnDisk> atHand(Version version) {
    return Optional.empty();
  }

  /// The same bytes once more under another version.
  ///
  /// @return false when there are none
  boolean copy(Version from, Version to);

  /// Removes the version's bytes, if there are any.
  void delete(Version version);

  /// Tells of every version that is there, in no order.
  void each(Consumer<Found> found);

  /// Gives up what was begun before then and never became a version.
  ///
  /// @return how many
  int sweep(Instant begunBefore);
}
