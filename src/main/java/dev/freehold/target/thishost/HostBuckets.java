package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.storage.BucketUse;
import dev.freehold.backend.supabase.storage.FilePlaces;
import dev.freehold.objectstore.BucketAddress;
import dev.freehold.problem.Problem;
import dev.freehold.secret.Secrets;
import java.util.Optional;
import java.util.function.Function;

/// The buckets that this host's Environments keep bytes in. What is chosen is recorded first and
/// then used, so that a crash in between ends with what was chosen.
public final class HostBuckets {
  private final Function<Environment, FilePlaces> places;
  private final Secrets secrets;

  HostBuckets(Function<Environment, FilePlaces> places, Secrets secrets) {
    this.places = places;
    this.secrets = secrets;
  }

  public Optional<BucketUse> show(Environment environment) {
    return record(environment).use();
  }

  /// Uses that bucket for new bytes, after it has shown that it keeps them; or that one's new keys.
  ///
  /// @throws dev.freehold.problem.ProblemException `storage-bucket-holds-files` when it is another
  ///   bucket than before and bytes lie in that
  public synchronized void set(Environment environment, BucketAddress address) {
    var here = places.apply(environment);
    here.prove(address);
    var before = show(environment).filter(use -> use.address().samePlace(address));
    if (before.isEmpty()) {
      here.leaveBucket();
    }
    var use =
        before
            .map(old -> new BucketUse(address, old.keeps(), old.moving()))
            .orElseGet(() -> new BucketUse(address, true, false));
    record(environment).keep(use);
    here.use(use);
  }

  /// Writes to the bucket, reads and removes.
  public void test(Environment environment) {
    places.apply(environment).prove(chosen(environment).address());
  }

  /// Uses no bucket any more.
  ///
  /// @throws dev.freehold.problem.ProblemException `storage-bucket-holds-files` while bytes lie
  ///   there
  public synchronized void unset(Environment environment) {
    places.apply(environment).leaveBucket();
    record(environment).forget();
  }

  /// New bytes go there from now on, and those of the other place follow in the background.
  public synchronized void move(Environment environment, boolean intoBucket) {
    record(environment).keep(new BucketUse(chosen(environment).address(), intoBucket, true));
    places.apply(environment).move(intoBucket);
  }

  /// How the last move stands; empty when there was none since the server started.
  public Optional<FilePlaces.Progress> progress(Environment environment) {
    return places.apply(environment).progress();
  }

  private BucketUse chosen(Environment environment) {
    return show(environment)
        .orElseThrow(() ->
            Problem.of("storage-bucket-missing", "no bucket is set")
                .hint("name one: freehold storage bucket set")
                .raise());
  }

  private BucketRecord record(Environment environment) {
    return new BucketRecord(environment, secrets);
  }
}
