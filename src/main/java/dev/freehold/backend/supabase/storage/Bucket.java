package dev.freehold.backend.supabase.storage;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A row of `storage.buckets`.
///
/// @param sizeLimit bytes an object may have at most; null for no rule of its own
/// @param mimeTypes the types it takes; null for all
record Bucket(
    String id,
    String name,
    String owner,
    boolean isPublic,
    @Nullable Long sizeLimit,
    @Nullable List<String> mimeTypes,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt,
    String type) {
  static final String COLUMNS =
      "id, name, owner, public, file_size_limit, allowed_mime_types, created_at, updated_at, type";

  static Bucket read(ResultSet row) throws SQLException {
    long limit = row.getLong("file_size_limit");
    Long sizeLimit = row.wasNull() ? null : limit;
    var owner = row.getString("owner");
    return new Bucket(
        row.getString("id"),
        row.getString("name"),
        owner == null ? "" : owner,
        row.getBoolean("public"),
        sizeLimit,
        texts(row.getArray("allowed_mime_types")),
        Transaction.instant(row, "created_at"),
        Transaction.instant(row, "updated_at"),
        row.getString("type"));
  }

  private static @Nullable List<String> texts(@Nullable Array array) throws SQLException {
    return array == null ? null : List.of((String[]) array.getArray());
  }

  /// As one is shown; lists add the type.
  Map<String, @Nullable Object> shown() {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("id", id);
    fields.put("name", name);
    fields.put("owner", owner);
    fields.put("public", isPublic);
    fields.put("file_size_limit", sizeLimit);
    fields.put("allowed_mime_types", mimeTypes);
    fields.put("created_at", Json.time(createdAt));
    fields.put("updated_at", Json.time(updatedAt));
    return fields;
  }

  Map<String, @Nullable Object> listed() {
    var fields = shown();
    fields.put("type", type);
    return fields;
  }

  List<String> allowedTypes() {
    return mimeTypes == null ? List.of() : mimeTypes;
  }
}
