package dev.freehold.backend.supabase.storage;

import dev.freehold.http.FileCache;
import dev.freehold.http.Response;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Stored;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `GET` and `HEAD /object/…`: an object's bytes, its headers alone, or what is known of it.
///
/// Whether a caller may see an object is one question to the database, in one round trip: whether
/// the bucket is public (asked as administrator) and the row (as administrator for a public bucket
/// or a signed link, as the caller otherwise). What the administrator was told is kept in
/// [KnownObjects] and not asked again; what a caller may see is asked each time.
final class DownloadPages {
  private static final String FIND_PUBLIC =
      "select b.public, o.* from storage.buckets b left join storage.objects o"
          + " on o.bucket_id = b.id and o.name = ? where b.id = ?";

  /// A version may be replaced between the question and the opening; then the row names another.
  private static final int ATTEMPTS = 3;

  private final StorageDatabase database;
  private final KnownObjects known;
  private final ChangeWatch watch;
  private final ObjectStore store;
  private final FileCache memory;
  private final SignedUrls signatures;

  DownloadPages(
      StorageDatabase database,
      KnownObjects known,
      ChangeWatch watch,
      ObjectStore store,
      FileCache memory,
      SignedUrls signatures) {
    this.database = database;
    this.known = known;
    this.watch = watch;
    this.store = store;
    this.memory = memory;
    this.signatures = signatures;
  }

  /// Finds an object and whether the caller may have it.
  @FunctionalInterface
  private interface Search {
    /// @param asking whether the database is to be asked, whatever is known already
    KnownObject find(Call call, boolean asking);
  }

  Response publicly(Call call) {
    return bytes(call, this::publicObject, null);
  }

  Response authenticated(Call call) {
    return bytes(call, this::visible, null);
  }

  Response signed(Call call) {
    return bytes(call, this::signedObject, signature(call).expires());
  }

  SignedUrls.Download signature(Call call) {
    return signatures.download(call.required("token"), call.bucket(), call.object());
  }

  private Response bytes(Call call, Search search, @Nullable Instant expires) {
    var object = search.find(call, false);
    for (int attempt = 1; ; attempt++) {
      var unchanged = Rendering.unchanged(call, object.what());
      if (unchanged.isPresent()) {
        return unchanged.get();
      }
      var sent = sent(call, object, expires);
      if (sent.isPresent()) {
        return sent.get();
      }
      var again = search.find(call, true);
      if (attempt == ATTEMPTS || again.version().equals(object.version())) {
        throw StorageError.bytesGone();
      }
      object = again;
    }
  }

  /// Empty when the bytes are not there any more.
  private Optional<Response> sent(Call call, KnownObject object, @Nullable Instant expires) {
    var held = memory.find(object.version());
    if (held != null) {
      return Optional.of(Rendering.bytes(call, object.what(), held, expires));
    }
    return Rendering.open(store, object.version())
        .map(stored ->
            stored instanceof Stored.OnDisk small && small.size() <= FileCache.MAX_FILE_BYTES
                ? Rendering.bytes(call, object.what(), kept(object.version(), small), expires)
                : Rendering.bytes(call, object.what(), stored, expires));
  }

  private ByteBuffer kept(String version, Stored.OnDisk small) {
    try (var channel = small.channel()) {
      return memory.keep(version, channel, (int) small.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// An object in a public bucket.
  KnownObject publicObject(Call call) {
    return publicObject(call, false);
  }

  private KnownObject publicObject(Call call, boolean asking) {
    var kept = kept(call, asking);
    return kept.isPresent() && kept.get().isPublic()
        ? kept.get()
        : KnownObject.of(true, publicRow(call));
  }

  private StoredObject publicRow(Call call) {
    var found = lookUp(call);
    if (!found.isPublic()) {
      throw StorageError.noSuchBucket();
    }
    return found.object().orElseThrow(StorageError::noSuchKey);
  }

  /// An object that the caller may see: in a public bucket anybody may.
  KnownObject visible(Call call) {
    return visible(call, false);
  }

  private KnownObject visible(Call call, boolean asking) {
    var kept = kept(call, asking);
    if (kept.isEmpty()) {
      return visibleOf(call, lookUp(call));
    }
    return kept.get().isPublic() ? kept.get() : ownObject(call);
  }

  private KnownObject visibleOf(Call call, Lookup found) {
    return found.isPublic()
        ? KnownObject.of(true, found.object().orElseThrow(StorageError::noSuchKey))
        : ownObject(call);
  }

  private StoredObject visibleRow(Call call) {
    var found = lookUp(call);
    return found.isPublic() ? found.object().orElseThrow(StorageError::noSuchKey) : ownRow(call);
  }

  /// The object as the caller's policies show it.
  private KnownObject ownObject(Call call) {
    if (!call.authenticated()) {
      throw StorageError.noSuchBucket();
    }
    return database
        .ownRows()
        .find(call.scope(), call.bucket(), call.object())
        .orElseThrow(StorageError::noSuchKey);
  }

  /// The row as the caller's policies show it.
  private StoredObject ownRow(Call call) {
    if (!call.authenticated()) {
      throw StorageError.noSuchBucket();
    }
    return database
        .read(call.scope(), transaction -> Objects.find(transaction, call.bucket(), call.object()))
        .orElseThrow(StorageError::noSuchKey);
  }

  /// The object that a good link names.
  KnownObject signedObject(Call call) {
    return signedObject(call, false);
  }

  private KnownObject signedObject(Call call, boolean asking) {
    var unusedLink = signature(call);
    var kept = kept(call, asking);
    if (kept.isPresent()) {
      return kept.get();
    }
    var found = lookUp(call);
    return KnownObject.of(found.isPublic(), found.object().orElseThrow(StorageError::noSuchKey));
  }

  private Optional<KnownObject> kept(Call call, boolean asking) {
    return asking ? Optional.empty() : known.find(call.bucket(), call.object());
  }

  private record Lookup(boolean isPublic, Optional<StoredObject> object) {}

  private Lookup lookUp(Call call) {
    Names.bucket(call.bucket());
    var ticket = watch.ticket();
    var found =
        database
            .read(
                call.scope().administrator(),
                transaction ->
                    transaction.one(
                        FIND_PUBLIC,
                        row ->
                            new Lookup(
                                row.getBoolean("public"),
                                row.getString("id") == null
                                    ? Optional.empty()
                                    : Optional.of(StoredObject.read(row))),
                        call.object(),
                        call.bucket()))
            .orElseThrow(StorageError::noSuchBucket);
    found
        .object()
        .ifPresent(object -> known.keep(KnownObject.of(found.isPublic(), object), ticket));
    return found;
  }

  Response headSigned(Call call) {
    return Rendering.head(call, signedObject(call).what());
  }

  Response headPublic(Call call) {
    return Rendering.head(call, publicObject(call).what());
  }

  Response head(Call call) {
    return Rendering.head(call, visible(call).what());
  }

  Response infoPublic(Call call) {
    return info(publicRow(call));
  }

  Response info(Call call) {
    return info(visibleRow(call));
  }

  private static Response info(StoredObject object) {
    var noted = object.noted();
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("id", object.id());
    fields.put("name", object.name());
    fields.put("version", object.version());
    fields.put("bucket_id", object.bucket());
    fields.put("size", noted.size() < 0 ? null : noted.size());
    fields.put("content_type", noted.type().isEmpty() ? null : noted.type());
    fields.put("cache_control", noted.cacheControl().isEmpty() ? null : noted.cacheControl());
    fields.put("etag", noted.etag().isEmpty() ? null : noted.etag());
    fields.put("metadata", object.userMetadata());
    fields.put("last_modified", Json.time(object.updatedAt()));
    fields.put("created_at", Json.time(object.createdAt()));
    return Rendering.withInfoHeaders(Answers.json(fields), noted);
  }
}
