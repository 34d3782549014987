package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Response;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Links that work without a key: to read one object or many, and to write one.
final class SignPages {
  private static final String NOT_THERE =
      "Either the object does not exist or you do not have access to it";

  /// Upstream's largest lifetime is what its clock can hold; a century will do.
  private static final long MAX_SECONDS = 100L * 365 * 24 * 3600;

  private final StorageDatabase database;
  private final Uploader uploader;
  private final SignedUrls signatures;
  private final StorageSettings settings;

  SignPages(
      StorageDatabase database,
      Uploader uploader,
      SignedUrls signatures,
      StorageSettings settings) {
    this.database = database;
    this.uploader = uploader;
    this.signatures = signatures;
    this.settings = settings;
  }

  Response one(Call call) {
    long seconds = seconds(call);
    Names.bucket(call.bucket());
    Names.key(call.object());
    var transform = Transformation.signed(call.object("transform"));
    var object =
        database
            .read(
                call.scope(),
                transaction -> Objects.find(transaction, call.bucket(), call.object()))
            .orElseThrow(StorageError::noSuchKey);
    var url = object.bucket() + "/" + object.name();
    var token = signatures.signDownload(url, seconds, transform);
    var route = transform.containsKey("transformations") ? "/render/image" : "/object";
    return Answers.json(Map.of("signedURL", route + "/sign/" + url + "?token=" + token));
  }

  Response many(Call call) {
    long seconds = seconds(call);
    var paths = call.texts("paths");
    if (paths.size() > ChangePages.MAX_NAMES) {
      throw StorageError.schema(
          "body/paths must NOT have more than " + ChangePages.MAX_NAMES + " items");
    }
    Names.bucket(call.bucket());
    var there = new HashSet<String>();
    database
        .read(call.scope(), transaction -> Objects.findAll(transaction, call.bucket(), paths))
        .forEach(object -> there.add(object.name()));
    return Answers.json(
        paths.stream()
            .map(path -> {
              var fields = new LinkedHashMap<String, @Nullable Object>();
              var url = call.bucket() + "/" + path;
              boolean found = there.contains(path);
              fields.put("error", found ? null : NOT_THERE);
              fields.put("path", path);
              fields.put("signedURL", found ? link(url, seconds) : null);
              return fields;
            })
            .toList());
  }

  private String link(String url, long seconds) {
    return "/object/sign/" + url + "?token=" + signatures.signDownload(url, seconds, Map.of());
  }

  private static long seconds(Call call) {
    long seconds =
        call.wholeNumber("expiresIn", 1)
            .orElseThrow(() -> StorageError.schema("body must have required property 'expiresIn'"));
    if (seconds > MAX_SECONDS) {
      throw StorageError.schema("body/expiresIn must be <= " + MAX_SECONDS);
    }
    return seconds;
  }

  Response upload(Call call) {
    Names.bucket(call.bucket());
    var to =
        new Uploader.Destination(
            call.bucket(), Names.key(call.object()), call.scope().owner(), call.upsert());
    uploader.check(
        call.scope(),
        to,
        Uploader.announced(call.header("Content-Type").orElse(""), -1),
        Upload.userMetadata(call.header("x-metadata").orElse("")));
    var url = to.bucket() + "/" + to.name();
    var token =
        signatures.signUpload(
            url, settings.signedUploadLifetime().toSeconds(), to.owner(), to.upsert());
    var fields = new LinkedHashMap<String, Object>();
    fields.put("url", "/object/upload/sign/" + url + "?token=" + token);
    fields.put("token", token);
    return Answers.json(fields);
  }
}
