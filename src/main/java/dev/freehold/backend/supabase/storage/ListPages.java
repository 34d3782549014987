package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Response;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `POST /object/list/{bucket}`: one level of a bucket's tree, by offset.
final class ListPages {
  private static final String SEARCH = "select * from storage.search(?, ?, ?, ?, ?, ?, ?, ?)";

  private static final int USUAL_LIMIT = 100;

  /// Upstream's function gives no more at once.
  private static final int MAX_LIMIT = 1500;

  private static final Set<String> COLUMNS =
      Set.of("name", "updated_at", "created_at", "last_accessed_at");

  private final StorageDatabase database;

  ListPages(StorageDatabase database) {
    this.database = database;
  }

  Response list(Call call) {
    Names.bucket(call.bucket());
    var given = call.text("prefix");
    var prefix = given.isEmpty() || given.endsWith("/") ? given : given + "/";
    var search = call.optionalText("search").orElse("");
    int limit = (int) Math.min(call.wholeNumber("limit", 1).orElse((long) USUAL_LIMIT), MAX_LIMIT);
    int offset = (int) Math.min(call.wholeNumber("offset", 0).orElse(0L), Integer.MAX_VALUE);
    var sort = call.object("sortBy");
    var column = sort.getOrDefault("column", "name");
    if (!COLUMNS.contains(column)) {
      throw StorageError.schema("body/sortBy/column must be equal to one of the allowed values");
    }
    var order = sort.getOrDefault("order", "asc").toLowerCase(Locale.ROOT);
    int level = (prefix + search).split("/", -1).length;
    return Answers.json(
        database.read(
            call.scope(),
            transaction ->
                transaction.all(
                    SEARCH,
                    ListPages::entry,
                    prefix,
                    call.bucket(),
                    limit,
                    level,
                    offset,
                    search,
                    column,
                    order)));
  }

  private static Map<String, @Nullable Object> entry(ResultSet row) throws SQLException {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("name", row.getString("name"));
    fields.put("id", row.getString("id"));
    fields.put("updated_at", Json.time(Transaction.instant(row, "updated_at")));
    fields.put("created_at", Json.time(Transaction.instant(row, "created_at")));
    fields.put("last_accessed_at", Json.time(Transaction.instant(row, "last_accessed_at")));
    fields.put("metadata", Json.object(row.getString("metadata")));
    return fields;
  }
}
