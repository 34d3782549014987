package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Response;
import dev.freehold.objectstore.ObjectStore;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `GET` and `HEAD /object/…`: an object's bytes, its headers alone, or what is known of it.
///
/// Whether a caller may see an object is one question to the database, in one round trip: whether
/// the bucket is public (asked as administrator) and the row (as administrator for a public bucket
/// or a signed link, as the caller otherwise).
final class DownloadPages {
  private static final String FIND_PUBLIC =
      "select b.public, o.* from storage.buckets b left join storage.objects o"
          + " on o.bucket_id = b.id and o.name = ? where b.id = ?";

  /// A version may be replaced between the question and the opening; then the row names another.
  private static final int ATTEMPTS = 3;

  private final StorageDatabase database;
  private final ObjectStore store;
  private final SignedUrls signatures;

  DownloadPages(StorageDatabase database, ObjectStore store, SignedUrls signatures) {
    this.database = database;
    this.store = store;
    this.signatures = signatures;
  }

  Response publicly(Call call) {
    return bytes(call, publicObject(call), null);
  }

  Response authenticated(Call call) {
    return bytes(call, visible(call), null);
  }

  Response signed(Call call) {
    return bytes(call, signedObject(call), signature(call).expires());
  }

  SignedUrls.Download signature(Call call) {
    return signatures.download(call.required("token"), call.bucket(), call.object());
  }

  /// The row that a good link names.
  StoredObject signedObject(Call call) {
    var unusedLink = signature(call);
    return database
        .read(
            call.scope().administrator(),
            transaction -> Objects.find(transaction, call.bucket(), call.object()))
        .orElseThrow(StorageError::noSuchKey);
  }

  private Response bytes(Call call, StoredObject found, @Nullable Instant expires) {
    var object = found;
    for (int attempt = 1; ; attempt++) {
      var stored = Rendering.open(store, object);
      if (stored.isPresent()) {
        return Rendering.bytes(call, object.noted(), stored.get(), expires);
      }
      var again = again(call, object);
      if (attempt == ATTEMPTS || again.isEmpty() || same(again.get(), object)) {
        throw StorageError.bytesGone();
      }
      object = again.get();
    }
  }

  private Optional<StoredObject> again(Call call, StoredObject object) {
    return database.read(
        call.scope().administrator(),
        transaction -> Objects.find(transaction, object.bucket(), object.name()));
  }

  private static boolean same(StoredObject one, StoredObject other) {
    return one.version().equals(other.version());
  }

  /// The row of an object in a public bucket.
  StoredObject publicObject(Call call) {
    var found = lookUp(call);
    if (!found.isPublic()) {
      throw StorageError.noSuchBucket();
    }
    return found.object().orElseThrow(StorageError::noSuchKey);
  }

  /// The row as the caller may see it: in a public bucket anybody may.
  StoredObject visible(Call call) {
    var found = lookUp(call);
    if (found.isPublic()) {
      return found.object().orElseThrow(StorageError::noSuchKey);
    }
    if (!call.authenticated()) {
      throw StorageError.noSuchBucket();
    }
    return database
        .read(call.scope(), transaction -> Objects.find(transaction, call.bucket(), call.object()))
        .orElseThrow(StorageError::noSuchKey);
  }

  private record Lookup(boolean isPublic, Optional<StoredObject> object) {}

  private Lookup lookUp(Call call) {
    Names.bucket(call.bucket());
    return database
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
  }

  Response headSigned(Call call) {
    return Rendering.head(call, signedObject(call));
  }

  Response headPublic(Call call) {
    return Rendering.head(call, publicObject(call));
  }

  Response head(Call call) {
    return Rendering.head(call, visible(call));
  }

  Response infoPublic(Call call) {
    return info(publicObject(call));
  }

  Response info(Call call) {
    return info(visible(call));
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
