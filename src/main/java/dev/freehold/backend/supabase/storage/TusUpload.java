package dev.freehold.backend.supabase.storage;

import dev.freehold.objectstore.Version;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One resumable upload as its client announced it. It is named by bucket, object and version, so
/// that its URL says where it goes, as upstream's does.
///
/// @param length bytes in all, negative while the client has not said
/// @param metadata the header `Upload-Metadata` as it was sent
record TusUpload(
    Version version,
    String bucket,
    String name,
    String owner,
    boolean upsert,
    long length,
    String type,
    String cacheControl,
    @Nullable Map<String, Object> userMetadata,
    String metadata) {
  private static final String UNCACHED = "no-cache";

  /// The last part of its URL.
  String id() {
    var path = bucket + "/" + name + "/" + version;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(path.getBytes(StandardCharsets.UTF_8));
  }

  /// Where an id points to.
  record Named(String bucket, String name, Version version) {}

  static Named named(String id) {
    try {
      var path = new String(Base64.getUrlDecoder().decode(id), StandardCharsets.UTF_8);
      int first = path.indexOf('/');
      int last = path.lastIndexOf('/');
      if (first > 0 && last > first) {
        var version = Version.parse(path.substring(last + 1));
        if (version.isPresent()) {
          return new Named(
              path.substring(0, first), path.substring(first + 1, last), version.get());
        }
      }
    } catch (IllegalArgumentException e) {
      throw StorageError.invalidUploadId();
    }
    throw StorageError.invalidUploadId();
  }

  /// Reads `Upload-Metadata`: names, each with a value in base64.
  static Map<String, String> metadata(String header) {
    var values = new LinkedHashMap<String, String>();
    for (var pair : header.split(",")) {
      var parts = pair.strip().split(" ", 2);
      if (parts[0].isEmpty()) {
        continue;
      }
      try {
        var value = parts.length < 2 ? "" : parts[1].strip();
        values.put(parts[0], new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw StorageError.invalidParameter("Invalid Upload-Metadata header");
      }
    }
    return values;
  }

  static TusUpload announced(
      Map<String, String> said, String header, String owner, boolean upsert, long length) {
    var seconds = said.getOrDefault("cacheControl", "");
    return new TusUpload(
        Version.fresh(),
        Names.bucket(said.getOrDefault("bucketName", "")),
        Names.key(said.getOrDefault("objectName", "")),
        owner,
        upsert,
        length,
        said.getOrDefault("contentType", ObjectMetadata.UNKNOWN_TYPE),
        seconds.matches("-?[0-9]{1,12}") ? "max-age=" + seconds : UNCACHED,
        Json.object(said.get("metadata")),
        header);
  }

  TusUpload withLength(long bytes) {
    return new TusUpload(
        version, bucket, name, owner, upsert, bytes, type, cacheControl, userMetadata, metadata);
  }

  /// As it is kept beside its bytes.
  String note() {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("bucket", bucket);
    fields.put("name", name);
    fields.put("owner", owner);
    fields.put("upsert", upsert);
    fields.put("length", length);
    fields.put("type", type);
    fields.put("cacheControl", cacheControl);
    fields.put("userMetadata", userMetadata);
    fields.put("metadata", metadata);
    return Json.write(fields);
  }

  static Optional<TusUpload> ofNote(Version version, String note) {
    var fields = Json.object(note);
    if (fields == null) {
      return Optional.empty();
    }
    return Optional.of(
        new TusUpload(
            version,
            text(fields, "bucket"),
            text(fields, "name"),
            text(fields, "owner"),
            Boolean.TRUE.equals(fields.get("upsert")),
            fields.get("length") instanceof Number length ? length.longValue() : -1,
            text(fields, "type"),
            text(fields, "cacheControl"),
            fields.get("userMetadata") instanceof Map<?, ?> said ? Json.strings(said) : null,
            text(fields, "metadata")));
  }

  private static String text(Map<String, Object> fields, String name) {
    return fields.get(name) instanceof String text ? text : "";
  }
}
