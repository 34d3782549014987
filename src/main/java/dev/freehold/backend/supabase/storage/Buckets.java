package dev.freehold.backend.supabase.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rows of `storage.buckets`.
final class Buckets {
  private static final String FIND =
      "select " + Bucket.COLUMNS + " from storage.buckets where id = ? limit 1";

  private static final String CREATE =
      """
      insert into storage.buckets
        (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types, type)
      values (?, ?, ?, ?, ?, ?, ?, 'STANDARD')
      """;

  /// How rows may be ordered.
  private static final Map<String, String> ORDERS =
      Map.of("id", "id", "name", "name", "created_at", "created_at", "updated_at", "updated_at");

  private Buckets() {}

  /// What a listing of buckets asks for.
  ///
  /// @param column empty for no order
  record Listing(
      @Nullable Long limit, @Nullable Long offset, String search, String column, boolean down) {
    static final Listing ALL = new Listing(null, null, "", "", false);
  }

  static Optional<Bucket> find(Transaction transaction, String id) {
    return transaction.one(FIND, Bucket::read, id);
  }

  /// Holds the row until the transaction ends.
  static Optional<Bucket> lock(Transaction transaction, String id) {
    return transaction.one(FIND + " for update", Bucket::read, id);
  }

  static List<Bucket> list(Transaction transaction, Listing listing) {
    var sql = new StringBuilder("select " + Bucket.COLUMNS + " from storage.buckets");
    var values = new ArrayList<Object>();
    if (!listing.search().isEmpty()) {
      sql.append(" where name ilike ?");
      values.add("%" + escaped(listing.search()) + "%");
    }
    var column = ORDERS.get(listing.column());
    if (column != null) {
      sql.append(" order by ").append(column).append(listing.down() ? " desc" : " asc");
    }
    if (listing.limit() != null) {
      sql.append(" limit ?");
      values.add(listing.limit());
    }
    if (listing.offset() != null) {
      sql.append(" offset ?");
      values.add(listing.offset());
    }
    return transaction.all(sql.toString(), Bucket::read, values.toArray());
  }

  /// The text as a pattern of LIKE that means itself.
  static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }

  static void create(Transaction transaction, Bucket bucket, String owner) {
    transaction.run(
        CREATE,
        bucket.id(),
        bucket.name(),
        Objects.uuid(owner),
        owner.isEmpty() ? null : owner,
        bucket.isPublic(),
        bucket.sizeLimit(),
        bucket.mimeTypes());
  }

  /// What is to change of a bucket; a field that is not among them stays as it is.
  static final class Change {
    private final Map<String, @Nullable Object> columns = new LinkedHashMap<>();

    Change isPublic(boolean value) {
      columns.put("public", value);
      return this;
    }

    Change sizeLimit(@Nullable Long bytes) {
      columns.put("file_size_limit", bytes);
      return this;
    }

    Change mimeTypes(@Nullable List<String> types) {
      columns.put("allowed_mime_types", types);
      return this;
    }

    boolean isEmpty() {
      return columns.isEmpty();
    }
  }

  /// @return how many rows changed
  static int update(Transaction transaction, String id, Change change) {
    transaction.changes().everything();
    var assignments = new ArrayList<String>();
    var values = new ArrayList<@Nullable Object>();
    change.columns.forEach((column, value) -> {
      assignments.add(column + " = ?");
      values.add(value);
    });
    values.add(id);
    return transaction.run(
        "update storage.buckets set " + String.join(", ", assignments) + " where id = ?",
        values.toArray());
  }

  static int delete(Transaction transaction, String id) {
    transaction.changes().everything();
    return transaction.run("delete from storage.buckets where id = ?", id);
  }
}
