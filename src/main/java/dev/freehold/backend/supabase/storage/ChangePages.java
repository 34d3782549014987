package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Response;
import dev.freehold.objectstore.Version;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `/object/move`, `/object/copy` and the deletes.
final class ChangePages {
  /// As many names as one request may delete or sign.
  static final int MAX_NAMES = 1000;

  private final StorageDatabase database;
  private final Uploader uploader;
  private final Clock clock;

  ChangePages(StorageDatabase database, Uploader uploader, Clock clock) {
    this.database = database;
    this.uploader = uploader;
    this.clock = clock;
  }

  Response delete(Call call) {
    delete(call.scope(), call.bucket(), call.object());
    return Answers.message("Successfully deleted");
  }

  void delete(Scope scope, String bucket, String name) {
    Names.bucket(bucket);
    var deleted =
        database.run(
            scope.administrator(),
            transaction -> {
              var object =
                  Objects.lock(transaction, bucket, name).orElseThrow(StorageError::noSuchKey);
              transaction.become(scope);
              return Objects.delete(transaction, bucket, List.of(object.name()));
            });
    if (deleted.isEmpty()) {
      throw StorageError.accessDenied("Access denied");
    }
    deleted.forEach(object -> uploader.forget(object.version()));
  }

  Response deleteMany(Call call) {
    var names = call.texts("prefixes");
    if (names.size() > MAX_NAMES) {
      throw StorageError.invalidRequest(
          "Bulk object requests are limited to " + MAX_NAMES + " objects per request.");
    }
    return Answers.json(
        deleteMany(call.scope(), call.bucket(), names).stream().map(StoredObject::shown).toList());
  }

  /// Names that are not there, or not the caller's to delete, are left out.
  List<StoredObject> deleteMany(Scope scope, String bucket, List<String> names) {
    Names.bucket(bucket);
    var deleted = database.run(scope, transaction -> Objects.delete(transaction, bucket, names));
    deleted.forEach(object -> uploader.forget(object.version()));
    return deleted;
  }

  Response move(Call call) {
    var bucket = Names.bucket(call.text("bucketId"));
    var from = call.text("sourceKey");
    var to = Names.key(call.text("destinationKey"));
    var toBucket = call.optionalText("destinationBucket").orElse(bucket);
    var moved = move(call.scope(), bucket, from, toBucket, to);
    var fields = new LinkedHashMap<String, Object>();
    fields.put("message", "Successfully moved");
    fields.put("Id", moved.id());
    fields.put("Key", moved.name());
    return Answers.json(fields);
  }

  /// The row gets another name; the bytes keep their version, so that nothing of them is copied.
  private StoredObject move(Scope scope, String bucket, String from, String toBucket, String to) {
    var owner = scope.owner();
    database.tryOut(
        scope,
        transaction -> {
          var object = Objects.find(transaction, bucket, from).orElseThrow(StorageError::noSuchKey);
          var unused = Objects.move(transaction, object, toBucket, to, owner);
        });
    return database.run(
        scope.administrator(),
        transaction -> {
          Objects.hold(transaction, toBucket, to);
          var object = Objects.lock(transaction, bucket, from).orElseThrow(StorageError::noSuchKey);
          return Objects.move(transaction, object, toBucket, to, owner);
        });
  }

  Response copy(Call call) {
    var bucket = Names.bucket(call.text("bucketId"));
    var to =
        new Uploader.Destination(
            call.optionalText("destinationBucket").orElse(bucket),
            call.text("destinationKey"),
            call.scope().owner(),
            call.upsert());
    var said = call.object("metadata");
    var kept =
        copy(
            call.scope(),
            bucket,
            call.text("sourceKey"),
            to,
            new Said(
                call.flag("copyMetadata", true),
                said.get("cacheControl"),
                said.get("mimetype"),
                Upload.userMetadata(call.header("x-metadata").orElse(""))));
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("Id", kept.object().id());
    fields.put("Key", to.bucket() + "/" + to.name());
    fields.putAll(kept.object().shown());
    return Answers.json(fields);
  }

  /// What a copy is to say about itself.
  ///
  /// @param asBefore whether it says what the original says
  record Said(
      boolean asBefore,
      @Nullable String cacheControl,
      @Nullable String type,
      @Nullable Map<String, Object> userMetadata) {
    static final Said SAME = new Said(true, null, null, null);
  }

  Uploader.Kept copy(Scope scope, String bucket, String from, Uploader.Destination to, Said said) {
    Names.key(to.name());
    Names.bucket(to.bucket());
    var original =
        database
            .read(scope, transaction -> Objects.find(transaction, bucket, from))
            .orElseThrow(StorageError::noSuchKey);
    var before = original.noted();
    boolean same = said.asBefore();
    var metadata =
        new ObjectMetadata(
            before.etag(),
            before.size(),
            same || said.type() == null ? before.type() : said.type(),
            same || said.cacheControl() == null ? before.cacheControl() : said.cacheControl(),
            clock.instant(),
            before.robotsTag());
    var userMetadata = same ? original.userMetadata() : said.userMetadata();
    uploader.check(scope, to, new LinkedHashMap<>(metadata.fields()), userMetadata);
    Version version = uploader.copyOf(original.version());
    return uploader.complete(scope, to, metadata, userMetadata, version);
  }
}
