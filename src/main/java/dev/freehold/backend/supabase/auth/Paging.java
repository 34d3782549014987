package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.TreeMap;

/// Which page a list is asked for, and the headers that lead to the others.
///
/// @param number from 1 on
record Paging(int number, int size) {
  private static final int USUAL = 50;

  /// A page is held in memory.
  private static final int MAX = 10_000;

  static Paging of(Call call) {
    int asked = number(call, "per_page", USUAL);
    return new Paging(
        Math.max(1, number(call, "page", 1)), asked == 0 ? USUAL : Math.min(asked, MAX));
  }

  long offset() {
    return (number - 1L) * size;
  }

  /// Paths without a host, `page` first, as supabase-js takes them apart.
  Response headers(Response answer, String path, Call call, long count) {
    long last = (count + size - 1) / size;
    var query = new TreeMap<>(call.query());
    var header = new StringBuilder();
    if (last > number) {
      query.put("page", "" + (number + 1L));
      header.append(link(path, query, "next")).append(", ");
    }
    query.put("page", "" + last);
    header.append(link(path, query, "last"));
    return answer.with("Link", header.toString()).with("X-Total-Count", "" + count);
  }

  private static String link(String path, TreeMap<String, String> query, String relation) {
    return "<" + path + "?" + SignedIn.encode(query) + ">; rel=\"" + relation + "\"";
  }

  private static int number(Call call, String name, int otherwise) {
    var text = call.query(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw AuthError.validation(
          "Bad Pagination Parameters: strconv.ParseUint: parsing \"" + text + "\": invalid syntax");
    }
    return Integer.parseInt(text);
  }
}
