package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Body;
import dev.freehold.http.DateField;
import dev.freehold.http.Headers;
import dev.freehold.http.Response;
import dev.freehold.objectstore.GrowingFiles;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Version;
import java.io.InputStream;
import java.time.Clock;

/// `/upload/resumable`: uploads that survive a lost connection
/// (https://tus.io/protocols/resumable-upload, 1.0.0, with creation, creation-with-upload,
/// creation-defer-length, termination and expiration). Errors carry their own status and a line of
/// text, as TUS clients expect.
final class TusPages {
  static final String VERSION = "1.0.0";
  private static final String EXTENSIONS =
      "creation,creation-with-upload,creation-defer-length,termination,expiration";
  private static final String PIECE = "application/offset+octet-stream";

  private final StorageDatabase database;
  private final Uploader uploader;
  private final ObjectStore store;
  private final GrowingFiles growing;
  private final SignedUrls signatures;
  private final StorageSettings settings;
  private final Clock clock;

  TusPages(
      StorageDatabase database,
      Uploader uploader,
      ObjectStore store,
      GrowingFiles growing,
      SignedUrls signatures,
      StorageSettings settings,
      Clock clock) {
    this.database = database;
    this.uploader = uploader;
    this.store = store;
    this.growing = growing;
    this.signatures = signatures;
    this.settings = settings;
    this.clock = clock;
  }

  /// Whether the caller comes with a token of its own or with a signed link.
  enum Way {
    TOKEN("/upload/resumable/"),
    SIGNED("/upload/resumable/sign/");

    private final String path;

    Way(String path) {
      this.path = path;
    }
  }

  /// One of the pages, with TUS's own form of errors.
  @FunctionalInterface
  interface Page {
    Response answer(Call call, Way way);
  }

  static Routes.Endpoint page(Way way, Page page) {
    return call -> {
      try {
        return page.answer(call, way);
      } catch (StorageError e) {
        return of(e.status()).withBody(text(e.text()));
      }
    };
  }

  private static Body text(String message) {
    return new Body.Bytes((message + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static Response of(int status) {
    return new Response(
        status, Headers.of("Tus-Resumable", VERSION, "Cache-Control", "no-store"), Body.EMPTY);
  }

  Response options(Call call, Way way) {
    return of(204)
        .with("Tus-Version", VERSION)
        .with("Tus-Extension", EXTENSIONS)
        .with("Tus-Max-Size", Long.toString(settings.maxFileBytes()));
  }

  Response create(Call call, Way way) {
    var method = call.header("X-HTTP-Method-Override").orElse("");
    if (method.equals("PATCH")) {
      return add(call, way);
    }
    checkVersion(call);
    var header = call.header("Upload-Metadata").orElse("");
    if (header.isEmpty()) {
      throw StorageError.invalidRequest("Metadata header is required");
    }
    var said = TusUpload.metadata(header);
    long length = length(call);
    var owner = call.scope().owner();
    boolean upsert = call.upsert();
    if (way == Way.SIGNED) {
      var allowed =
          signatures.upload(
              signature(call),
              said.getOrDefault("bucketName", ""),
              said.getOrDefault("objectName", ""));
      owner = allowed.owner();
      upsert = allowed.upsert();
    }
    var upload = TusUpload.announced(said, header, owner, upsert, length);
    var bucket = bucket(call, upload.bucket());
    if (length > UploadPages.limit(bucket, settings)) {
      throw StorageError.tus(413, "Maximum size exceeded");
    }
    if (said.containsKey("contentType")) {
      MimeTypes.check(upload.type(), bucket.allowedTypes());
    }
    check(call, way, upload);
    growing.create(upload.version(), upload.note());
    var location = settings.mountedAt() + way.path + upload.id();
    var answer = begun(call, upload, bucket).with("Location", location);
    return answer.with("Upload-Expires", expires());
  }

  /// What came with the announcement itself is added at once; an empty object is done.
  private Response begun(Call call, TusUpload upload, Bucket bucket) {
    boolean withBytes = call.header("Content-Type").orElse("").equals(PIECE);
    if (!withBytes && upload.length() != 0) {
      return of(201);
    }
    var bytes = withBytes ? call.request().stream() : InputStream.nullInputStream();
    long now = add(call, upload, bytes, UploadPages.limit(bucket, settings));
    return of(201).with("Upload-Offset", Long.toString(now));
  }

  private static long length(Call call) {
    var length = call.header("Upload-Length");
    boolean deferred = call.header("Upload-Defer-Length").orElse("").equals("1");
    if (length.isPresent() == deferred) {
      throw StorageError.tus(400, "Upload-Length or Upload-Defer-Length header required");
    }
    return length.map(TusPages::number).orElse(-1L);
  }

  private static long number(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw StorageError.tus(400, "Upload-Length or Upload-Defer-Length header required");
    }
    return Long.parseLong(text);
  }

  private static void checkVersion(Call call) {
    if (!call.header("Tus-Resumable").orElse("").equals(VERSION)) {
      throw StorageError.tus(412, "Tus-Resumable Required");
    }
  }

  private static String signature(Call call) {
    return call.header("x-signature")
        .orElseThrow(() -> StorageError.invalidSignature("Missing x-signature header"));
  }

  private Bucket bucket(Call call, String id) {
    return database
        .read(call.scope().administrator(), transaction -> Buckets.find(transaction, id))
        .orElseThrow(StorageError::noSuchBucket);
  }

  /// Asks the policies, or has asked them when the link was signed.
  private void check(Call call, Way way, TusUpload upload) {
    if (way == Way.TOKEN) {
      uploader.check(
          call.scope(),
          destination(upload),
          Uploader.announced(upload.type(), upload.length()),
          upload.userMetadata());
    }
  }

  private static Uploader.Destination destination(TusUpload upload) {
    return new Uploader.Destination(
        upload.bucket(), upload.name(), upload.owner(), upload.upsert());
  }

  /// An upload and how far it is.
  private record Standing(TusUpload upload, GrowingFiles.State state) {}

  private Standing standing(Call call, Way way) {
    checkVersion(call);
    var named = TusUpload.named(call.object());
    if (way == Way.SIGNED) {
      var unusedAllowed = signatures.upload(signature(call), named.bucket(), named.name());
    }
    var state = growing.find(named.version()).orElseThrow(TusPages::unknown);
    var upload = TusUpload.ofNote(named.version(), state.note()).orElseThrow(TusPages::unknown);
    if (!upload.bucket().equals(named.bucket()) || !upload.name().equals(named.name())) {
      throw unknown();
    }
    if (way == Way.TOKEN && !upload.owner().equals(call.scope().owner())) {
      throw unknown();
    }
    return new Standing(upload, state);
  }

  private static StorageError unknown() {
    return StorageError.tus(404, "The file for this url was not found");
  }

  Response state(Call call, Way way) {
    var standing = standing(call, way);
    var upload = standing.upload();
    var answer =
        of(200)
            .with("Upload-Offset", Long.toString(standing.state().length()))
            .with("Upload-Metadata", upload.metadata())
            .with("Upload-Expires", expires());
    return upload.length() < 0
        ? answer.with("Upload-Defer-Length", "1")
        : answer.with("Upload-Length", Long.toString(upload.length()));
  }

  Response add(Call call, Way way) {
    var standing = standing(call, way);
    if (!call.header("Content-Type").orElse("").equals(PIECE)) {
      throw StorageError.tus(415, "Content-Type must be " + PIECE);
    }
    var offset = call.header("Upload-Offset").orElse("");
    if (!offset.matches("[0-9]{1,18}")) {
      throw StorageError.tus(403, "Upload-Offset header required");
    }
    if (Long.parseLong(offset) != standing.state().length()) {
      throw StorageError.tus(409, "Upload-Offset conflict");
    }
    var upload = standing.upload();
    long limit = UploadPages.limit(bucket(call, upload.bucket()), settings);
    var announced = call.header("Upload-Length");
    if (announced.isPresent() && upload.length() < 0) {
      upload = upload.withLength(number(announced.get()));
      if (upload.length() > limit) {
        throw StorageError.tus(413, "Maximum size exceeded");
      }
      growing.note(upload.version(), upload.note());
    }
    if (upload.length() != standing.state().length()) {
      check(call, way, upload);
    }
    long now = add(call, upload, call.request().stream(), limit);
    var answer = of(204).with("Upload-Offset", Long.toString(now));
    return now == upload.length() ? answer : answer.with("Upload-Expires", expires());
  }

  /// @return how much of the upload is on stable storage now
  private long add(Call call, TusUpload upload, InputStream bytes, long limit) {
    var id = upload.version();
    if (!growing.claim(id)) {
      throw StorageError.resourceLocked();
    }
    try {
      long before = growing.find(id).orElseThrow(TusPages::unknown).length();
      if (before == upload.length() && upload.length() > 0) {
        complete(call, upload);
        return before;
      }
      long most = upload.length() < 0 ? limit : upload.length();
      var added = growing.add(id, bytes, most);
      var state = growing.find(id).orElseThrow(TusPages::unknown);
      switch (added) {
        case TOO_LONG -> throw StorageError.tus(413, "Maximum size exceeded");
        case CUT_OFF -> throw StorageError.tus(400, "The upload was interrupted");
        case WHOLE -> {
          if (state.length() == upload.length()) {
            complete(call, upload);
          }
        }
      }
      return state.length();
    } finally {
      growing.release(id);
    }
  }

  /// Done once, however often it is asked for: a client whose last answer was lost asks again.
  private void complete(Call call, TusUpload upload) {
    var id = upload.version();
    if (isDone(call, upload)) {
      return;
    }
    var state = growing.find(id).orElseThrow(TusPages::unknown);
    growing.finish(id, store);
    var etag = state.pieces() == 0 ? "\"d41d8cd98f00b204e9800998ecf8427e\"" : etag(state);
    var metadata =
        new ObjectMetadata(
            etag, state.length(), upload.type(), upload.cacheControl(), clock.instant(), "");
    var unused =
        uploader.complete(call.scope(), destination(upload), metadata, upload.userMetadata(), id);
  }

  private static String etag(GrowingFiles.State state) {
    return "\"%s-%d\"".formatted(state.digest(), state.pieces());
  }

  private boolean isDone(Call call, TusUpload upload) {
    return database
        .read(
            call.scope().administrator(),
            transaction -> Objects.find(transaction, upload.bucket(), upload.name()))
        .filter(object -> object.version().equals(upload.version().text()))
        .isPresent();
  }

  Response end(Call call, Way way) {
    var standing = standing(call, way);
    var upload = standing.upload();
    Version id = upload.version();
    if (!growing.claim(id)) {
      throw StorageError.resourceLocked();
    }
    try {
      if (standing.state().length() == upload.length()) {
        throw StorageError.tus(400, "Cannot terminate an already completed upload");
      }
      growing.delete(id);
      return of(204);
    } finally {
      growing.release(id);
    }
  }

  private String expires() {
    return DateField.text(clock.instant().plus(settings.resumableLifetime()));
  }
}
