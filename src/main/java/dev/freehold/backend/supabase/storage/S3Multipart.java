package dev.freehold.backend.supabase.storage;

import dev.freehold.digest.Digest;
import dev.freehold.http.ByteRange;
import dev.freehold.http.Response;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Staged;
import dev.freehold.objectstore.Staging;
import dev.freehold.objectstore.Stored;
import dev.freehold.objectstore.Version;
import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// S3's uploads in parts. Each part is kept as a version of its own, named by its row; completing
/// joins them. Parts of an upload that nobody completes go with the sweep.
final class S3Multipart {
  private static final int MAX_PARTS = 10_000;
  private static final String UPLOAD =
      """
      select id, bucket_id, key, owner_id, user_metadata, metadata, created_at
      from storage.s3_multipart_uploads where id = ? and bucket_id = ? and key = ?
      """;
  private static final String BEGIN =
      """
      insert into storage.s3_multipart_uploads
        (id, upload_signature, bucket_id, key, version, owner_id, user_metadata, metadata)
      values (?, '', ?, ?, ?, ?, ?, ?)
      """;
  private static final String PARTS =
      """
      select part_number, size, etag, version, created_at
      from storage.s3_multipart_uploads_parts
      where upload_id = ? and part_number > ? order by part_number limit ?
      """;
  private static final String FORGET_PART =
      """
      delete from storage.s3_multipart_uploads_parts
      where upload_id = ? and part_number = ? returning version
      """;
  private static final String ADD_PART =
      """
      insert into storage.s3_multipart_uploads_parts
        (upload_id, size, part_number, bucket_id, key, etag, owner_id, version)
      values (?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String GROW =
      """
      update storage.s3_multipart_uploads set in_progress_size =
        (select coalesce(sum(size), 0) from storage.s3_multipart_uploads_parts where upload_id = ?)
      where id = ? returning in_progress_size
      """;
  private static final String END = "delete from storage.s3_multipart_uploads where id = ?";
  private static final String UPLOADS =
      "select key, id, created_at from"
          + " storage.list_multipart_uploads_with_delimiter(?, ?, ?, ?, ?, ?)";

  private final StorageDatabase database;
  private final ObjectStore store;
  private final Staging staging;
  private final Uploader uploader;
  private final S3Objects objects;
  private final StorageSettings settings;
  private final Clock clock;

  S3Multipart(
      StorageDatabase database,
      ObjectStore store,
      Staging staging,
      Uploader uploader,
      S3Objects objects,
      StorageSettings settings,
      Clock clock) {
    this.database = database;
    this.store = store;
    this.staging = staging;
    this.uploader = uploader;
    this.objects = objects;
    this.settings = settings;
    this.clock = clock;
  }

  private record Begun(
      String id,
      String owner,
      @Nullable Map<String, Object> userMetadata,
      @Nullable Map<String, Object> metadata) {
    static Begun read(ResultSet row) throws SQLException {
      var owner = row.getString("owner_id");
      return new Begun(
          row.getString("id"),
          owner == null ? "" : owner,
          Json.object(row.getString("user_metadata")),
          Json.object(row.getString("metadata")));
    }
  }

  private record Part(
      int number, long size, String etag, String version, @Nullable Instant createdAt) {
    static Part read(ResultSet row) throws SQLException {
      return new Part(
          row.getInt("part_number"),
          row.getLong("size"),
          row.getString("etag"),
          row.getString("version"),
          Transaction.instant(row, "created_at"));
    }
  }

  Response begin(S3Call call) {
    var bucket = objects.bucket(call);
    var key = Names.key(call.key());
    var type = call.header("Content-Type").orElse(ObjectMetadata.UNKNOWN_TYPE);
    MimeTypes.check(type, bucket.allowedTypes());
    var scope = call.during(Operation.S3_CREATE_MULTIPART);
    var metadata = new HashMap<String, Object>();
    metadata.put("mimetype", type);
    metadata.put("cacheControl", call.header("Cache-Control").orElse("no-cache"));
    uploader.check(scope, destination(call, scope), metadata, call.userMetadata());
    var id = UUID.randomUUID().toString();
    database.run(
        scope.administrator(),
        transaction ->
            transaction.run(
                BEGIN,
                id,
                bucket.id(),
                key,
                id,
                scope.owner().isEmpty() ? null : scope.owner(),
                call.userMetadata(),
                metadata));
    return S3Pages.of(
        200,
        Xml.document("InitiateMultipartUploadResult")
            .with("Bucket", call.bucket())
            .with("Key", key)
            .with("UploadId", id));
  }

  private static Uploader.Destination destination(S3Call call, Scope scope) {
    return new Uploader.Destination(call.bucket(), call.key(), scope.owner(), true);
  }

  /// The upload that a request names, if it is this caller's.
  private Begun find(S3Call call) {
    var found =
        database
            .read(
                call.scope().administrator(),
                transaction ->
                    transaction.one(
                        UPLOAD, Begun::read, call.query("uploadId", ""), call.bucket(), call.key()))
            .orElseThrow(StorageError::noSuchUpload);
    boolean administrator = call.scope().role().equals("service_role");
    if (!administrator && !found.owner().equals(call.scope().owner())) {
      throw StorageError.noSuchUpload();
    }
    return found;
  }

  Response part(S3Call call) throws IOException {
    int number = call.number("partNumber", 0, Integer.MAX_VALUE);
    if (number < 1 || number > MAX_PARTS) {
      throw StorageError.invalidParameter("Invalid Parameter PartNumber");
    }
    var upload = find(call);
    var from = call.source();
    var scope =
        call.during(from.isPresent() ? Operation.S3_UPLOAD_PART_COPY : Operation.S3_UPLOAD_PART);
    var metadata = upload.metadata();
    uploader.check(
        scope,
        destination(call, scope),
        metadata == null ? Map.of() : metadata,
        upload.userMetadata());
    long most = UploadPages.limit(objects.bucket(call), settings);
    if (call.declaredSize() > most) {
      throw StorageError.tooLarge();
    }
    var version = Version.fresh();
    try (var staged = staging.begin();
        var body = from.isPresent() ? copied(call, scope, from.get()) : call.body()) {
      Uploader.take(body, staged, most);
      var etag = "\"" + staged.finish(store.nearby(), version) + "\"";
      add(call, upload, new Part(number, staged.size(), etag, version.text(), null), most);
      if (from.isEmpty()) {
        return Response.of(200).with("ETag", etag);
      }
      return S3Pages.of(
          200,
          Xml.document("CopyPartResult")
              .with("LastModified", Json.time(clock.instant()))
              .with("ETag", etag));
    }
  }

  private InputStream copied(S3Call call, Scope scope, S3Call.Source from) throws IOException {
    var object =
        database
            .read(scope, transaction -> Objects.find(transaction, from.bucket(), from.key()))
            .orElseThrow(StorageError::noSuchKey);
    var stored = Rendering.open(store, object.version()).orElseThrow(StorageError::bytesGone);
    var range = ByteRange.parse(call.header("x-amz-copy-source-range").orElse(null), stored.size());
    return switch (range) {
      case ByteRange.Whole _ -> stored.stream();
      case ByteRange.Part(var first, var length) -> stored.part(first, length);
      case ByteRange.Unsatisfiable _ -> {
        stored.drop();
        throw StorageError.invalidRange();
      }
    };
  }

  private void add(S3Call call, Begun upload, Part part, long most) {
    try {
      var before =
          database.run(
              call.scope().administrator(),
              transaction -> {
                var old =
                    transaction.all(
                        FORGET_PART, row -> row.getString(1), upload.id(), part.number());
                transaction.run(
                    ADD_PART,
                    upload.id(),
                    part.size(),
                    part.number(),
                    call.bucket(),
                    call.key(),
                    part.etag(),
                    upload.owner().isEmpty() ? null : upload.owner(),
                    part.version());
                long size =
                    transaction
                        .one(GROW, row -> row.getLong(1), upload.id(), upload.id())
                        .orElseThrow(StorageError::noSuchUpload);
                if (size > most) {
                  throw StorageError.tooLarge();
                }
                return old;
              });
      before.forEach(uploader::forget);
    } catch (StorageError notKept) {
      uploader.forget(part.version());
      throw notKept;
    }
  }

  private List<Part> parts(S3Call call, String id, int after, int most) {
    return database.read(
        call.scope().administrator(),
        transaction -> transaction.all(PARTS, Part::read, id, after, most));
  }

  Response complete(S3Call call) throws IOException {
    var upload = find(call);
    var kept = new HashMap<Integer, Part>();
    var all = parts(call, upload.id(), 0, MAX_PARTS);
    all.forEach(part -> kept.put(part.number(), part));
    var chosen = chosen(call, upload, kept);
    var scope = call.during(Operation.S3_COMPLETE_MULTIPART);
    var to = destination(call, scope);
    var metadata = ObjectMetadata.of(upload.metadata());
    uploader.check(scope, to, metadata.fields(), upload.userMetadata());
    var version = Version.fresh();
    try (var staged = staging.begin()) {
      for (var part : chosen) {
        append(staged, part);
      }
      staged.finish(store, version);
      var noted =
          new ObjectMetadata(
              etag(chosen),
              staged.size(),
              metadata.type(),
              metadata.cacheControl(),
              clock.instant(),
              "");
      var object = uploader.complete(scope, to, noted, upload.userMetadata(), version);
      end(call, upload, all);
      return S3Pages.of(
          200,
          Xml.document("CompleteMultipartUploadResult")
              .with("Location", call.bucket() + "/" + call.key())
              .with("Bucket", call.bucket())
              .with("Key", object.object().name())
              .with("ETag", noted.etag()));
    }
  }

  private static List<Part> chosen(S3Call call, Begun upload, Map<Integer, Part> kept) {
    var chosen = new ArrayList<Part>();
    int before = 0;
    for (var item : Xml.items(call.document(), "Part", new HashMap<>())) {
      var text = item.getOrDefault("PartNumber", "");
      int number = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
      if (number <= before) {
        throw StorageError.s3(
            "InvalidPartOrder", 400, "The list of parts was not in ascending order.");
      }
      before = number;
      var part = kept.get(number);
      var etag = item.getOrDefault("ETag", "").replace("\"", "");
      if (part == null) {
        throw StorageError.missingPart(number, upload.id());
      }
      if (!part.etag().equals("\"" + etag + "\"")) {
        throw StorageError.s3("InvalidPart", 400, "Part " + number + " has another ETag");
      }
      chosen.add(part);
    }
    if (chosen.isEmpty()) {
      throw StorageError.malformedXml("there is no part to complete the upload with");
    }
    return chosen;
  }

  private void append(Staged staged, Part part) throws IOException {
    var stored =
        Version.parse(part.version()).flatMap(store::open).orElseThrow(StorageError::bytesGone);
    switch (stored) {
      case Stored.OnDisk(var channel, _) -> {
        try (channel) {
          staged.append(channel);
        }
      }
      case Stored.Remote _ -> {
        try (var bytes = stored.stream()) {
          Uploader.take(bytes, staged, Long.MAX_VALUE);
        }
      }
    }
  }

  /// The MD5 of the parts' MD5s, and how many they are.
  private static String etag(List<Part> parts) {
    var digest = Digest.MD5.start();
    for (var part : parts) {
      digest.update(HexFormat.of().parseHex(part.etag().replace("\"", "")));
    }
    return "\"" + HexFormat.of().formatHex(digest.digest()) + "-" + parts.size() + "\"";
  }

  private void end(S3Call call, Begun upload, List<Part> parts) {
    database.run(call.scope().administrator(), transaction -> transaction.run(END, upload.id()));
    parts.forEach(part -> uploader.forget(part.version()));
  }

  Response abort(S3Call call) {
    var upload = find(call);
    end(call, upload, parts(call, upload.id(), 0, MAX_PARTS));
    return Response.of(204);
  }

  Response parts(S3Call call) {
    var upload = find(call);
    int most = Math.max(1, call.number("max-parts", ObjectListing.MAX_KEYS, 1000));
    int after = call.number("part-number-marker", 0, MAX_PARTS);
    var found = new ArrayList<>(parts(call, upload.id(), after, most + 1));
    boolean more = found.size() > most;
    var shown = more ? found.subList(0, most) : found;
    var document =
        Xml.document("ListPartsResult")
            .with("Bucket", call.bucket())
            .with("Key", call.key())
            .with("UploadId", upload.id())
            .with("PartNumberMarker", after)
            .with("NextPartNumberMarker", more ? shown.getLast().number() : null)
            .with("MaxParts", most)
            .with("IsTruncated", more);
    for (var part : shown) {
      document
          .open("Part")
          .with("PartNumber", part.number())
          .with("LastModified", Json.time(part.createdAt()))
          .with("ETag", part.etag())
          .with("Size", part.size())
          .close("Part");
    }
    return S3Pages.of(200, document);
  }

  Response uploads(S3Call call) {
    if (!call.scope().role().equals("service_role")) {
      throw StorageError.accessDenied("Access denied");
    }
    var bucket = objects.bucket(call);
    int most = Math.max(1, call.number("max-uploads", 1000, 1000));
    var prefix = call.query("prefix", "");
    var delimiter = call.query("delimiter", "");
    var found =
        database.read(
            call.during(Operation.S3_LIST_MULTIPART),
            transaction ->
                transaction.all(
                    UPLOADS,
                    Waiting::read,
                    bucket.id(),
                    prefix,
                    delimiter,
                    most + 1,
                    call.query("key-marker", ""),
                    call.query("upload-id-marker", "")));
    boolean more = found.size() > most;
    var shown = more ? found.subList(0, most) : found;
    var document =
        Xml.document("ListMultipartUploadsResult")
            .with("Bucket", bucket.name())
            .with("Prefix", prefix)
            .with("NextKeyMarker", more ? shown.getLast().key() : null)
            .with("NextUploadIdMarker", more ? shown.getLast().id() : null)
            .with("MaxUploads", most)
            .with("IsTruncated", more);
    for (var upload : shown) {
      if (!delimiter.isEmpty() && upload.key().indexOf(delimiter, prefix.length()) >= 0) {
        document.open("CommonPrefixes").with("Prefix", upload.key()).close("CommonPrefixes");
      } else {
        document
            .open("Upload")
            .with("Key", upload.key())
            .with("UploadId", upload.id())
            .with("Initiated", Json.time(upload.begun()))
            .close("Upload");
      }
    }
    return S3Pages.of(200, document);
  }

  /// An upload that is not completed yet; or a folder of such, which is no upload itself.
  private record Waiting(String key, String id, @Nullable Instant begun) {
    static Waiting read(ResultSet row) throws SQLException {
      return new Waiting(
          row.getString("key"), row.getString("id"), Transaction.instant(row, "created_at"));
    }
  }
}
