package dev.freehold.backend.supabase.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A row of `storage.objects`.
///
/// @param metadata what storage-api notes of the bytes: `eTag`, `size`, `mimetype`, …
/// @param userMetadata what the client said about the object
/// @param version names the bytes; empty on a row that some SQL wrote
record StoredObject(
    String id,
    String bucket,
    String name,
    String owner,
    String ownerId,
    String version,
    @Nullable Map<String, Object> metadata,
    @Nullable Map<String, Object> userMetadata,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt,
    @Nullable Instant lastAccessedAt) {
  static final String COLUMNS =
      "id, bucket_id, name, owner, owner_id, version, metadata, user_metadata, created_at,"
          + " updated_at, last_accessed_at";

  static StoredObject read(ResultSet row) throws SQLException {
    return new StoredObject(
        row.getString("id"),
        text(row, "bucket_id"),
        text(row, "name"),
        text(row, "owner"),
        text(row, "owner_id"),
        text(row, "version"),
        Json.object(row.getString("metadata")),
        Json.object(row.getString("user_metadata")),
        Transaction.instant(row, "created_at"),
        Transaction.instant(row, "updated_at"),
        Transaction.instant(row, "last_accessed_at"));
  }

  private static String text(ResultSet row, String column) throws SQLException {
    var value = row.getString(column);
    return value == null ? "" : value;
  }

  /// As deletes and copies show it.
  Map<String, @Nullable Object> shown() {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("name", name);
    fields.put("bucket_id", bucket);
    fields.put("owner", owner);
    fields.put("owner_id", ownerId);
    fields.put("version", version);
    fields.put("id", id);
    fields.put("updated_at", Json.time(updatedAt));
    fields.put("created_at", Json.time(createdAt));
    fields.put("last_accessed_at", Json.time(lastAccessedAt));
    fields.put("metadata", metadata);
    fields.put("user_metadata", userMetadata);
    return fields;
  }

  ObjectMetadata noted() {
    return ObjectMetadata.of(metadata);
  }
}
