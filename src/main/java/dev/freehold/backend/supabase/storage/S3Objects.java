package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Headers;
import dev.freehold.http.Response;
import dev.freehold.objectstore.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/// S3's operations on objects.
final class S3Objects {
  private final StorageDatabase database;
  private final ObjectStore store;
  private final Uploader uploader;
  private final ChangePages changes;
  private final StorageSettings settings;

  S3Objects(
      StorageDatabase database,
      ObjectStore store,
      Uploader uploader,
      ChangePages changes,
      StorageSettings settings) {
    this.database = database;
    this.store = store;
    this.uploader = uploader;
    this.changes = changes;
    this.settings = settings;
  }

  private StoredObject find(S3Call call, Operation operation) {
    return database
        .read(
            call.during(operation),
            transaction -> Objects.find(transaction, call.bucket(), call.key()))
        .orElseThrow(StorageError::noSuchKey);
  }

  Response get(S3Call call) {
    var object = find(call, Operation.S3_GET);
    var stored = Rendering.open(store, object.version()).orElseThrow(StorageError::bytesGone);
    var answer =
        Rendering.bytes(call.asCall(Operation.S3_GET), Described.of(object.noted()), stored, null);
    return overridden(call, withUserMetadata(answer, object));
  }

  Response head(S3Call call) {
    var object = find(call, Operation.S3_HEAD);
    return withUserMetadata(
        Rendering.head(call.asCall(Operation.S3_HEAD), Described.of(object.noted())), object);
  }

  private static Response withUserMetadata(Response answer, StoredObject object) {
    var said = object.userMetadata();
    if (said == null) {
      return answer;
    }
    var fields = new ArrayList<>(answer.headers().fields());
    said.forEach((name, value) -> {
      if (name.matches("[A-Za-z0-9_.-]{1,128}")) {
        Described.add(fields, "x-amz-meta-" + name, String.valueOf(value));
      }
    });
    return answer.withHeaders(Headers.of(fields));
  }

  /// A signed link may say how its answer is to be shown.
  private static Response overridden(S3Call call, Response answer) {
    var shown = answer;
    for (var name : new String[] {"Content-Type", "Content-Disposition", "Cache-Control"}) {
      var wanted = call.query("response-" + name.toLowerCase(java.util.Locale.ROOT), "");
      boolean legal = wanted.chars().allMatch(c -> c >= ' ' && c < 0x7f);
      if (!wanted.isEmpty() && legal) {
        shown = shown.withHeaders(shown.headers().replacing(name, wanted));
      }
    }
    return shown;
  }

  Response tagging(S3Call call) {
    var unused = find(call, Operation.S3_GET_TAGGING);
    return S3Pages.of(200, Xml.document("Tagging").open("TagSet").close("TagSet"));
  }

  Response put(S3Call call) throws IOException {
    var from = call.source();
    if (from.isPresent()) {
      return copy(call, from.get());
    }
    var bucket = bucket(call);
    var key = Names.key(call.key());
    var upload =
        new Upload(
            call.header("Content-Type").orElse(ObjectMetadata.UNKNOWN_TYPE),
            call.header("Cache-Control").orElse("no-cache"),
            call.userMetadata(),
            "",
            call.body(),
            call.declaredSize(),
            UploadPages.limit(bucket, settings));
    MimeTypes.check(upload.type(), bucket.allowedTypes());
    if (upload.declaredSize() > upload.maxBytes()) {
      throw StorageError.tooLarge();
    }
    var scope = call.during(Operation.S3_UPLOAD);
    var to = new Uploader.Destination(call.bucket(), key, scope.owner(), true);
    uploader.check(
        scope, to, Uploader.announced(upload.type(), upload.declaredSize()), upload.userMetadata());
    var kept = uploader.store(scope, to, upload);
    return Response.of(200).with("ETag", kept.metadata().etag());
  }

  Bucket bucket(S3Call call) {
    return database
        .read(call.scope().administrator(), transaction -> Buckets.find(transaction, call.bucket()))
        .orElseThrow(StorageError::noSuchBucket);
  }

  private Response copy(S3Call call, S3Call.Source from) {
    boolean replaced = call.header("x-amz-metadata-directive").orElse("").equals("REPLACE");
    var scope = call.during(Operation.S3_COPY);
    var to = new Uploader.Destination(call.bucket(), call.key(), scope.owner(), true);
    var said =
        replaced
            ? new ChangePages.Said(
                false,
                call.header("Cache-Control").orElse(null),
                call.header("Content-Type").orElse(null),
                call.userMetadata())
            : ChangePages.Said.SAME;
    var kept = changes.copy(scope, from.bucket(), from.key(), to, said);
    return S3Pages.of(
        200,
        Xml.document("CopyObjectResult")
            .with("LastModified", Json.time(kept.metadata().lastModified()))
            .with("ETag", kept.metadata().etag()));
  }

  /// Deleting what is not there succeeds, as S3 has it.
  Response delete(S3Call call) {
    try {
      changes.delete(call.during(Operation.S3_DELETE), call.bucket(), call.key());
    } catch (StorageError refused) {
      if (!refused.code().equals("NoSuchKey")) {
        throw refused;
      }
    }
    return Response.of(204);
  }

  Response deleteMany(S3Call call) {
    Map<String, String> flags = new HashMap<>();
    var items = Xml.items(call.document(), "Object", flags);
    if (items.isEmpty() || items.size() > ChangePages.MAX_NAMES) {
      throw StorageError.malformedXml("between 1 and 1000 objects are deleted at once");
    }
    var names = items.stream().map(item -> item.getOrDefault("Key", "")).toList();
    changes.deleteMany(call.during(Operation.S3_DELETE_MANY), call.bucket(), names);
    var left = new HashSet<String>();
    database
        .read(
            call.scope().administrator(),
            transaction -> Objects.findAll(transaction, call.bucket(), names))
        .forEach(object -> left.add(object.name()));
    boolean quiet = "true".equals(flags.get("Quiet"));
    var document = Xml.document("DeleteResult");
    for (var name : names) {
      if (left.contains(name)) {
        document
            .open("Error")
            .with("Key", name)
            .with("Code", "AccessDenied")
            .with("Message", "You do not have permission to delete this object")
            .close("Error");
      } else if (!quiet) {
        document.open("Deleted").with("Key", name).close("Deleted");
      }
    }
    return S3Pages.of(200, document);
  }
}
