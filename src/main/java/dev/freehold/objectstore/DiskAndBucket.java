package dev.freehold.objectstore;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A folder of this machine and, when there is one, a bucket: each version lies in one of them, and
/// new ones go where the owner says. Everything stays readable while versions move from one to the
/// other ([ByteMove]), however often that is broken off.
public final class DiskAndBucket implements ObjectStore, AutoCloseable {
  private final FolderStore disk;
  private volatile Use use = Use.DISK;

  /// @param intoBucket whether new versions go there
  private record Use(@Nullable BucketStore bucket, boolean intoBucket) {
    static final Use DISK = new Use(null, false);
  }

  /// @param folder made when it is missing
  public DiskAndBucket(Path folder) {
    this.disk = new FolderStore(folder);
  }

  /// Looks into that bucket too from now on, in place of another.
  ///
  /// @param intoBucket whether new versions go there
  public void use(BucketStore bucket, boolean intoBucket) {
    replace(new Use(bucket, intoBucket));
  }

  /// New versions go into the bucket from now on, or no more.
  public void direct(boolean intoBucket) {
    use = new Use(use.bucket(), intoBucket);
  }

  /// There is no bucket any more.
  public void useDiskAlone() {
    replace(Use.DISK);
  }

  private void replace(Use now) {
    var before = use;
    use = now;
    if (before.bucket() != null && before.bucket() != now.bucket()) {
      before.bucket().close();
    }
  }

  public Optional<BucketStore> bucket() {
    return Optional.ofNullable(use.bucket());
  }

  /// Whether new versions go into the bucket.
  public boolean intoBucket() {
    return use.bucket() != null && use.intoBucket();
  }

  FolderStore disk() {
    return disk;
  }

  @Override
  public void keep(Path finished, Version version) {
    var now = use;
    if (now.bucket() != null && now.intoBucket()) {
      now.bucket().keep(finished, version);
    } else {
      disk.keep(finished, version);
    }
  }

  @Override
  public ObjectStore nearby() {
    return disk;
  }

  /// Where bytes may have come from the bucket in between the disk is asked once more.
  @Override
  public Optional<Stored> open(Version version) {
    var here = disk.open(version);
    var bucket = use.bucket();
    return here.isPresent() || bucket == null
        ? here
        : bucket
            .open(version)
            .map(there -> eitherWay(bucket, version, there))
            .or(() -> disk.open(version));
  }

  @Override
  public Optional<Stored.OnDisk> atHand(Version version) {
    return disk.atHand(version);
  }

  private Stored eitherWay(BucketStore bucket, Version version, Stored there) {
    return new Stored.Remote(
        there.size(),
        (first, length) ->
            bucket
                .reading(version, first, length)
                .or(() -> disk.open(version).map(here -> here.part(first, length)))
                .orElseThrow(() -> bucket.failures().gone(version.text())));
  }

  @Override
  public boolean copy(Version from, Version to) {
    var bucket = use.bucket();
    return disk.copy(from, to)
        || (bucket != null && (bucket.copy(from, to) || disk.copy(from, to)));
  }

  @Override
  public void delete(Version version) {
    disk.delete(version);
    bucket().ifPresent(bucket -> bucket.delete(version));
  }

  @Override
  public void each(Consumer<Found> found) {
    disk.each(found);
    bucket().ifPresent(bucket -> bucket.each(found));
  }

  @Override
  public int sweep(Instant begunBefore) {
    return bucket().map(bucket -> bucket.sweep(begunBefore)).orElse(0);
  }

  @Override
  public void close() {
    useDiskAlone();
  }
}
