package dev.freehold.backend.supabase.storage;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A listing that is continued by a cursor: what lies under a prefix, folders made of names where a
/// delimiter is given. The second form of the REST API and both of S3's are made of it.
final class ObjectListing {
  /// What one page may hold.
  static final int MAX_KEYS = 1000;

  /// The last character of Unicode, after every name of a prefix.
  private static final String LAST = Character.toString(Character.MAX_CODE_POINT);

  private static final String LEVELS = "select * from storage.search_v2(?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String DELIMITED =
      "select null as key, * from storage.list_objects_with_delimiter(?, ?, ?, ?, ?, ?, 'asc')";
  private static final Map<String, String> STAMPS =
      Map.of("updated_at", "updated_at", "created_at", "created_at");

  private ObjectListing() {}

  /// What is asked for.
  ///
  /// @param delimiter empty for no folders
  /// @param after names up to this one are left out; empty for none
  /// @param column `name`, `updated_at` or `created_at`
  /// @param stampAfter the column's value of the last entry before; empty for none
  record Query(
      String bucket,
      String prefix,
      String delimiter,
      int keys,
      String after,
      String column,
      boolean down,
      String stampAfter) {
    /// The cursor of the page before, if there is one.
    Query from(String cursor) {
      if (cursor.isEmpty()) {
        return this;
      }
      var given = Cursor.parse(cursor);
      return new Query(
          bucket,
          prefix,
          delimiter,
          keys,
          given.after(),
          given.column().isEmpty() ? column : given.column(),
          given.order().isEmpty() ? down : given.order().equals("desc"),
          given.stampAfter());
    }
  }

  /// A folder, which has no id, or an object.
  ///
  /// @param key the last part of a name; empty when it is not known
  record Entry(
      String name,
      String key,
      @Nullable String id,
      @Nullable Map<String, Object> metadata,
      @Nullable Instant updatedAt,
      @Nullable Instant createdAt,
      @Nullable Instant lastAccessedAt) {
    boolean isFolder() {
      return id == null;
    }

    static Entry read(ResultSet row) throws SQLException {
      var key = row.getString("key");
      var name = row.getString("name");
      return new Entry(
          name == null ? "" : name,
          key == null ? "" : key,
          row.getString("id"),
          Json.object(row.getString("metadata")),
          Transaction.instant(row, "updated_at"),
          Transaction.instant(row, "created_at"),
          Transaction.instant(row, "last_accessed_at"));
    }
  }

  /// @param next the cursor of the page after; empty when this is the last
  /// @param lastName of this page
  record Page(List<Entry> entries, String next, String lastName) {}

  static Page list(Transaction transaction, Query query) {
    var found = new ArrayList<>(entries(transaction, query));
    if (found.size() <= query.keys()) {
      return new Page(found, "", found.isEmpty() ? "" : found.getLast().name());
    }
    var entries = found.subList(0, query.keys());
    var last = entries.getLast();
    boolean stamped = STAMPS.containsKey(query.column());
    var stamp = query.column().equals("updated_at") ? last.updatedAt() : last.createdAt();
    var shown = stamped ? Json.time(stamp) : null;
    var cursor =
        new Cursor(
            last.name(),
            query.down() ? "desc" : "asc",
            stamped ? query.column() : "",
            shown == null ? "" : shown);
    return new Page(List.copyOf(entries), cursor.text(), last.name());
  }

  private static List<Entry> entries(Transaction transaction, Query query) {
    if (query.delimiter().isEmpty()) {
      return flat(transaction, query);
    }
    if (query.delimiter().equals("/")) {
      return transaction.all(
          LEVELS,
          Entry::read,
          query.prefix(),
          query.bucket(),
          query.keys() + 1,
          query.prefix().split("/", -1).length,
          query.after(),
          query.down() ? "desc" : "asc",
          query.column(),
          query.stampAfter());
    }
    return transaction.all(
        DELIMITED,
        Entry::read,
        query.bucket(),
        query.prefix(),
        query.delimiter(),
        query.keys() + 1,
        query.after(),
        "");
  }

  private static List<Entry> flat(Transaction transaction, Query query) {
    var sql =
        new StringBuilder(
            "select null as key, name, id, metadata, updated_at, created_at, last_accessed_at"
                + " from storage.objects where bucket_id = ?"
                + " and name collate \"C\" >= ? and name collate \"C\" < ?");
    var values = new ArrayList<Object>();
    values.add(query.bucket());
    values.add(query.prefix());
    values.add(query.prefix() + LAST);
    var stamp = STAMPS.get(query.column());
    var beyond = query.down() ? " < " : " > ";
    if (!query.after().isEmpty() && stamp != null && !query.stampAfter().isEmpty()) {
      sql.append(" and (date_trunc('milliseconds', " + stamp + "), name collate \"C\")" + beyond)
          .append("(?::timestamptz, ?)");
      values.add(query.stampAfter());
      values.add(query.after());
    } else if (!query.after().isEmpty()) {
      sql.append(" and name collate \"C\"" + beyond + "?");
      values.add(query.after());
    }
    var direction = query.down() ? " desc" : " asc";
    sql.append(" order by ");
    if (stamp != null) {
      sql.append("date_trunc('milliseconds', " + stamp + ")" + direction + ", ");
    }
    sql.append("name collate \"C\"" + direction + " limit ?");
    values.add(query.keys() + 1);
    return transaction.all(sql.toString(), Entry::read, values.toArray());
  }

  /// Where a page ended, as upstream writes it: lines `l:`, `o:`, `c:`, `a:` in base64.
  record Cursor(String after, String order, String column, String stampAfter) {
    private static final int MAX_LENGTH = 4096;

    String text() {
      var lines = new ArrayList<String>();
      lines.add("l:" + after);
      if (order.equals("desc")) {
        lines.add("o:" + order);
      }
      if (!column.isEmpty()) {
        lines.add("c:" + column);
      }
      if (!stampAfter.isEmpty()) {
        lines.add("a:" + stampAfter);
      }
      return Base64.getEncoder()
          .encodeToString(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    static Cursor parse(String text) {
      var after = "";
      var order = "asc";
      var column = "";
      var stamp = "";
      for (var line : lines(text)) {
        var value = line.length() < 2 ? "" : line.substring(2);
        switch (line.length() < 2 ? "" : line.substring(0, 2)) {
          case "l:" -> after = value;
          case "o:" -> order = value.equals("desc") ? "desc" : "asc";
          case "c:" -> column = STAMPS.containsKey(value) ? value : "name";
          case "a:" -> stamp = value;
          default -> throw refused();
        }
      }
      return new Cursor(after, order, column, stamp);
    }

    private static List<String> lines(String text) {
      try {
        if (text.length() <= MAX_LENGTH) {
          var bytes = Base64.getDecoder().decode(text);
          return List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1));
        }
      } catch (IllegalArgumentException e) {
        throw refused();
      }
      throw refused();
    }

    private static StorageError refused() {
      return StorageError.invalidParameter("Invalid Parameter continuation token");
    }
  }
}
