package dev.freehold.backend.supabase.storage;

import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Staged;
import dev.freehold.objectstore.Staging;
import dev.freehold.objectstore.Version;
import dev.freehold.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How bytes become an object (reference 6.4): the policies are asked first, as the caller, and
/// nothing of the question is kept; then the bytes are stored under a version nobody knows; then
/// the row is written, as administrator. A crash in between leaves bytes without a row, which no
/// client can see and a sweep removes.
final class Uploader {
  private static final int BUFFER_BYTES = 256 * 1024;

  /// What a row says while only permission is asked.
  private static final String TRIAL_VERSION = "1";

  private final StorageDatabase database;
  private final ObjectStore store;
  private final Staging staging;
  private final Clock clock;

  Uploader(StorageDatabase database, ObjectStore store, Staging staging, Clock clock) {
    this.database = database;
    this.store = store;
    this.staging = staging;
    this.clock = clock;
  }

  /// Where an object is to go and whose it will be.
  ///
  /// @param owner empty for nobody
  /// @param upsert whether it may take the place of one that is there
  record Destination(String bucket, String name, String owner, boolean upsert) {}

  /// An object as it was written.
  record Kept(StoredObject object, ObjectMetadata metadata) {}

  /// Asks the policies.
  ///
  /// @param metadata what is known of the bytes so far, which policies may look at
  void check(
      Scope scope,
      Destination to,
      Map<String, Object> metadata,
      @Nullable Map<String, Object> userMetadata) {
    var row =
        new Objects.Written(
            to.bucket(), to.name(), to.owner(), metadata, userMetadata, TRIAL_VERSION);
    try {
      database.tryOut(
          scope,
          transaction -> {
            if (to.upsert()) {
              var unused = Objects.upsert(transaction, row);
            } else {
              Objects.insert(transaction, row);
            }
          });
    } catch (StorageError refused) {
      throw refused.code().equals("ResourceAlreadyExists")
          ? StorageError.keyAlreadyExists()
          : refused;
    }
  }

  /// What policies may know of an upload before its bytes are here.
  static Map<String, Object> announced(String type, long size) {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("mimetype", type);
    if (size >= 0) {
      metadata.put("contentLength", size);
    }
    return metadata;
  }

  /// Stores an upload whose permission was checked.
  Kept store(Scope scope, Destination to, Upload upload) throws IOException {
    var version = Version.fresh();
    try (var staged = staging.begin()) {
      take(upload.bytes(), staged, upload.maxBytes());
      var etag = "\"" + staged.finish(store, version) + "\"";
      var metadata =
          new ObjectMetadata(
              etag,
              staged.size(),
              upload.type(),
              upload.cacheControl(),
              clock.instant(),
              upload.robotsTag());
      return complete(scope, to, metadata, upload.userMetadata(), version);
    }
  }

  /// Takes bytes until there are no more.
  static void take(InputStream bytes, Staged into, long maxBytes) throws IOException {
    var buffer = new byte[BUFFER_BYTES];
    for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
      if (into.size() + count > maxBytes) {
        throw StorageError.tooLarge();
      }
      into.write(buffer, 0, count);
    }
  }

  /// Writes the row of bytes that are in the store. When that fails the bytes are removed.
  Kept complete(
      Scope scope,
      Destination to,
      ObjectMetadata metadata,
      @Nullable Map<String, Object> userMetadata,
      Version version) {
    var row =
        new Objects.Written(
            to.bucket(),
            to.name(),
            to.owner(),
            metadata.fields(),
            userMetadata == null ? Map.of() : userMetadata,
            version.text());
    try {
      return new Kept(write(scope, row), metadata);
    } catch (RuntimeException notWritten) {
      // A commit whose answer was lost may have taken effect; then the bytes must stay.
      if (notWritten instanceof StorageError refused && refused.status() != 544) {
        remove(version);
      }
      throw notWritten;
    }
  }

  /// Writes a row in the place of one that may be there, whose bytes then go.
  private StoredObject write(Scope scope, Objects.Written row) {
    record Change(StoredObject now, Optional<String> before) {}
    var change =
        database.run(
            scope.administrator(),
            transaction -> {
              Objects.hold(transaction, row.bucket(), row.name());
              var before = Objects.lock(transaction, row.bucket(), row.name());
              var now = Objects.upsert(transaction, row);
              return new Change(now, before.map(StoredObject::version));
            });
    change.before().filter(old -> !old.equals(row.version())).ifPresent(this::forget);
    return change.now();
  }

  /// Removes the bytes of a version that no row names any more. What fails then is no failure of
  /// the request, whose change of rows stands: the sweep removes them later.
  void forget(String version) {
    Version.parse(version).ifPresent(this::remove);
  }

  private void remove(Version version) {
    try {
      store.delete(version);
    } catch (ProblemException storeIsAway) {
      return;
    }
  }

  Version copyOf(String version) {
    var copy = Version.fresh();
    boolean there =
        Version.parse(version).map(original -> store.copy(original, copy)).orElse(false);
    if (!there) {
      throw StorageError.bytesGone();
    }
    return copy;
  }
}
