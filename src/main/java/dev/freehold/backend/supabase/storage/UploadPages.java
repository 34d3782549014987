package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Response;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// `POST` and `PUT /object/{bucket}/{name}`, and `PUT /object/upload/sign/…`: whole objects in one
/// request, raw or as a form.
final class UploadPages {
  private final StorageDatabase database;
  private final Uploader uploader;
  private final SignedUrls signatures;
  private final StorageSettings settings;

  UploadPages(
      StorageDatabase database,
      Uploader uploader,
      SignedUrls signatures,
      StorageSettings settings) {
    this.database = database;
    this.uploader = uploader;
    this.signatures = signatures;
    this.settings = settings;
  }

  Response create(Call call) {
    return upload(call, call.upsert());
  }

  Response replace(Call call) {
    return upload(call, true);
  }

  private Response upload(Call call, boolean upsert) {
    var to = new Uploader.Destination(call.bucket(), call.object(), call.scope().owner(), upsert);
    return Answers.json(shown(to, keep(call, call.scope(), to)));
  }

  private static Map<String, Object> shown(Uploader.Destination to, Uploader.Kept kept) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("Id", kept.object().id());
    fields.put("Key", to.bucket() + "/" + to.name());
    return fields;
  }

  Response signed(Call call) {
    var allowed = signatures.upload(call.required("token"), call.bucket(), call.object());
    var to =
        new Uploader.Destination(call.bucket(), call.object(), allowed.owner(), allowed.upsert());
    keep(call, call.scope(), to);
    return Answers.json(Map.of("Key", to.bucket() + "/" + to.name()));
  }

  private Uploader.Kept keep(Call call, Scope scope, Uploader.Destination to) {
    Names.bucket(to.bucket());
    var bucket =
        database
            .read(scope.administrator(), transaction -> Buckets.find(transaction, to.bucket()))
            .orElseThrow(StorageError::noSuchBucket);
    try {
      var upload = Upload.read(call, to.name(), limit(bucket, settings), bucket.allowedTypes());
      Names.key(to.name());
      uploader.check(
          scope,
          to,
          Uploader.announced(upload.type(), upload.declaredSize()),
          upload.userMetadata());
      return uploader.store(scope, to, upload);
    } catch (IOException clientGone) {
      throw StorageError.noContent();
    }
  }

  /// The bucket's limit or the server's, whichever is less.
  static long limit(Bucket bucket, StorageSettings settings) {
    return bucket.sizeLimit() == null
        ? settings.maxFileBytes()
        : Math.min(bucket.sizeLimit(), settings.maxFileBytes());
  }
}
