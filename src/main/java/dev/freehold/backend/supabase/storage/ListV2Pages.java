package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `POST /object/list-v2/{bucket}`: what lies under a prefix, continued by a cursor.
final class ListV2Pages {
  private static final Set<String> COLUMNS = Set.of("name", "updated_at", "created_at");

  private final StorageDatabase database;

  ListV2Pages(StorageDatabase database) {
    this.database = database;
  }

  Response list(Call call) {
    Names.bucket(call.bucket());
    boolean delimited = call.flag("with_delimiter", false);
    var sort = call.object("sortBy");
    var column = sort.getOrDefault("column", "name");
    if (!COLUMNS.contains(column)) {
      throw StorageError.schema("body/sortBy/column must be equal to one of the allowed values");
    }
    var query =
        new ObjectListing.Query(
                call.bucket(),
                call.optionalText("prefix").orElse(""),
                delimited ? "/" : "",
                (int)
                    Math.min(
                        call.wholeNumber("limit", 1).orElse((long) ObjectListing.MAX_KEYS),
                        ObjectListing.MAX_KEYS),
                "",
                column,
                sort.getOrDefault("order", "asc").equals("desc"),
                "")
            .from(call.optionalText("cursor").orElse(""));
    var page = database.read(call.scope(), transaction -> ObjectListing.list(transaction, query));
    return Answers.json(shown(page));
  }

  private static Map<String, Object> shown(ObjectListing.Page page) {
    var folders = new ArrayList<Map<String, @Nullable Object>>();
    var objects = new ArrayList<Map<String, @Nullable Object>>();
    for (var entry : page.entries()) {
      (entry.isFolder() ? folders : objects).add(shown(entry));
    }
    var fields = new LinkedHashMap<String, Object>();
    fields.put("hasNext", !page.next().isEmpty());
    if (!page.next().isEmpty()) {
      fields.put("nextCursor", page.next());
      fields.put("nextCursorKey", page.lastName());
    }
    fields.put("folders", folders);
    fields.put("objects", objects);
    return fields;
  }

  private static Map<String, @Nullable Object> shown(ObjectListing.Entry entry) {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    if (!entry.key().isEmpty()) {
      fields.put("key", entry.key());
    }
    fields.put("name", entry.name());
    fields.put("id", entry.id());
    fields.put("updated_at", Json.time(entry.updatedAt()));
    fields.put("created_at", Json.time(entry.createdAt()));
    fields.put("last_accessed_at", Json.time(entry.lastAccessedAt()));
    fields.put("metadata", entry.metadata());
    return fields;
  }
}
