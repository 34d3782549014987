package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// `GET /admin/audit`: who did what, newest first, a page at a time.
final class AdminAudit {
  private static final String PAGE =
      """
      select id, payload, created_at, ip_address from auth.audit_log_entries
       where instance_id = ? and (? = '' or payload->>? ilike ? or payload->>? ilike ?)
       order by created_at desc, id limit ? offset ?
      """;
  private static final String COUNT =
      """
      select count(*) from auth.audit_log_entries
       where instance_id = ? and (? = '' or payload->>? ilike ? or payload->>? ilike ?)
      """;

  private final Parts parts;

  AdminAudit(Parts parts) {
    this.parts = parts;
  }

  Response list(Call call) {
    parts.callers().admin(call);
    var page = Paging.of(call);
    var asked = call.query("query").split(":", 2);
    var columns =
        switch (asked[0]) {
          case "author" -> new String[] {"actor_username", "actor_name"};
          case "action" -> new String[] {"action", "action"};
          case "type" -> new String[] {"log_type", "log_type"};
          default -> new String[] {"", ""};
        };
    if (!call.query("query").isEmpty() && (columns[0].isEmpty() || asked.length < 2)) {
      throw AuthError.validation("Invalid query scope: " + call.query("query"));
    }
    var value = asked.length < 2 ? "" : asked[1];
    var like = "%" + value + "%";
    return parts
        .database()
        .run(tx -> {
          var entries =
              tx.all(
                  PAGE,
                  row -> {
                    var fields = new LinkedHashMap<String, Object>();
                    fields.put("id", row.getString("id"));
                    fields.put("payload", Json.object(row.getString("payload")));
                    fields.put(
                        "created_at",
                        Json.time(Objects.requireNonNull(Users.time(row, "created_at"))));
                    fields.put("ip_address", row.getString("ip_address"));
                    return (Map<String, Object>) fields;
                  },
                  Users.INSTANCE,
                  value,
                  columns[0],
                  like,
                  columns[1],
                  like,
                  page.size(),
                  page.offset());
          long count =
              tx.one(
                      COUNT,
                      row -> row.getLong(1),
                      Users.INSTANCE,
                      value,
                      columns[0],
                      like,
                      columns[1],
                      like)
                  .orElse(0L);
          return page.headers(Parts.json(entries), "/admin/audit", call, count);
        });
  }
}
