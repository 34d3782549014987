package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `/bucket`: making, showing, changing, emptying and deleting buckets.
final class BucketPages {
  /// Upstream empties no bucket that holds more.
  static final int MAX_EMPTIED = 200_000;

  /// How many rows go in one transaction.
  private static final int EMPTIED_AT_ONCE = 500;

  private static final Set<String> COLUMNS = Set.of("id", "name", "created_at", "updated_at");
  private static final String SERVICE_ROLE = "service_role";

  private final StorageDatabase database;
  private final Uploader uploader;
  private final StorageSettings settings;
  private final Clock clock;

  BucketPages(StorageDatabase database, Uploader uploader, StorageSettings settings, Clock clock) {
    this.database = database;
    this.uploader = uploader;
    this.settings = settings;
    this.clock = clock;
  }

  Response list(Call call) {
    var column = call.query().getOrDefault("sortColumn", "");
    if (!column.isEmpty() && !COLUMNS.contains(column)) {
      throw StorageError.schema(
          "querystring/sortColumn must be equal to one of the allowed values");
    }
    var listing =
        new Buckets.Listing(
            call.number("limit", 1),
            call.number("offset", 0),
            call.query().getOrDefault("search", ""),
            column,
            call.query().getOrDefault("sortOrder", "asc").equals("desc"));
    var buckets = database.read(call.scope(), transaction -> Buckets.list(transaction, listing));
    boolean untyped = untyped(call);
    return Answers.json(
        buckets.stream().map(bucket -> untyped ? bucket.shown() : bucket.listed()).toList());
  }

  /// Early Python clients fail on a field they do not know.
  private static boolean untyped(Call call) {
    var client = call.header("x-client-info").orElse("").toLowerCase(Locale.ROOT);
    return client.matches("supabase-py/(0|1|2\\.([0-9]|1[0-7]))\\..*");
  }

  Response show(Call call) {
    var bucket =
        database
            .read(call.scope(), transaction -> Buckets.find(transaction, call.bucket()))
            .orElseThrow(StorageError::noSuchBucket);
    return Answers.json(bucket.shown());
  }

  Response create(Call call) {
    var name = call.text("name");
    var id = call.optionalText("id").filter(given -> !given.isEmpty()).orElse(name);
    Names.newBucket(name);
    Names.newBucket(id);
    if (call.optionalText("type").orElse("STANDARD").equals("ANALYTICS")) {
      throw StorageError.notEnabled("Iceberg buckets are not enabled for this tenant");
    }
    var bucket =
        new Bucket(
            id,
            name,
            "",
            call.flag("public", false),
            call.has("file_size_limit") ? sizeLimit(call) : null,
            call.has("allowed_mime_types") ? mimeTypes(call) : null,
            null,
            null,
            "STANDARD");
    create(call.scope(), bucket);
    return Answers.json(Map.of("name", name));
  }

  void create(Scope scope, Bucket bucket) {
    try {
      database.run(
          scope,
          transaction -> {
            Buckets.create(transaction, bucket, scope.owner());
            return bucket;
          });
    } catch (StorageError refused) {
      throw refused.code().equals("ResourceAlreadyExists")
          ? StorageError.bucketAlreadyExists()
          : refused;
    }
  }

  Response update(Call call) {
    Names.bucket(call.bucket());
    var change = new Buckets.Change();
    if (call.has("public")) {
      change.isPublic(call.flag("public", false));
    }
    if (call.has("file_size_limit")) {
      change.sizeLimit(sizeLimit(call));
    }
    if (call.has("allowed_mime_types")) {
      change.mimeTypes(mimeTypes(call));
    }
    if (change.isEmpty()) {
      throw StorageError.schema("body must have required property 'public'");
    }
    int changed =
        database.run(
            call.scope(), transaction -> Buckets.update(transaction, call.bucket(), change));
    if (changed == 0) {
      throw StorageError.noSuchBucket();
    }
    return Answers.message("Successfully updated");
  }

  /// Bytes, or a text such as `20MB`; null for no limit.
  private @Nullable Long sizeLimit(Call call) {
    var given = call.body().get("file_size_limit");
    if (given.isNull()) {
      return null;
    }
    var text = given.asString("");
    long bytes = text.matches("[0-9]{1,15}") ? Long.parseLong(text) : FileSize.parse(text);
    if (bytes > settings.maxFileBytes()) {
      throw StorageError.tooLarge();
    }
    return bytes;
  }

  private static @Nullable List<String> mimeTypes(Call call) {
    var given = call.body().get("allowed_mime_types");
    if (given.isNull()) {
      return null;
    }
    if (!given.isArray()) {
      throw StorageError.schema("body/allowed_mime_types must be array");
    }
    var types =
        given.valueStream().map(type -> type.asString("")).filter(t -> !t.isEmpty()).toList();
    MimeTypes.checkRules(types);
    return types;
  }

  Response delete(Call call) {
    delete(call.scope(), call.bucket());
    return Answers.message("Successfully deleted");
  }

  void delete(Scope scope, String id) {
    database.run(
        scope.administrator(),
        transaction -> {
          if (Buckets.lock(transaction, id).isEmpty()) {
            throw StorageError.noSuchBucket();
          }
          if (Objects.any(transaction, id)) {
            throw StorageError.bucketNotEmpty();
          }
          transaction.become(scope);
          if (Buckets.delete(transaction, id) == 0) {
            throw StorageError.noSuchBucket();
          }
          return id;
        });
  }

  /// Upstream leaves this to a queue; here it is done when the answer comes.
  Response empty(Call call) {
    if (!call.scope().role().equals(SERVICE_ROLE)) {
      throw StorageError.accessDenied("Access denied: Invalid role");
    }
    var id = call.bucket();
    long held =
        database.run(
            call.scope(),
            transaction -> {
              var bucket = Buckets.find(transaction, id).orElseThrow(StorageError::noSuchBucket);
              return Objects.count(transaction, bucket.id(), MAX_EMPTIED + 1L);
            });
    if (held > MAX_EMPTIED) {
      throw StorageError.invalidRequest(
          409, "Unable to empty the bucket because it contains too many objects");
    }
    var before = clock.instant();
    boolean more = true;
    while (more) {
      more = emptySome(call.scope(), id, before);
    }
    return Answers.message("Empty bucket has been queued. Completion may take up to an hour.");
  }

  private boolean emptySome(Scope scope, String id, Instant before) {
    var versions =
        database.run(
            scope, transaction -> Objects.deleteSome(transaction, id, before, EMPTIED_AT_ONCE));
    versions.forEach(uploader::forget);
    return versions.size() == EMPTIED_AT_ONCE;
  }
}
