package dev.freehold.backend.supabase.rest;

import dev.freehold.http.Request;
import java.util.List;
import java.util.regex.Pattern;

/// Reads the wanted rows from `limit`, `offset` and, for GET, the `Range` header.
final class Windows {
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,18})-([0-9]{0,18})");

  private Windows() {}

  /// @throws RestFailure PGRST103, PGRST114
  static Window of(ApiRequest.Method method, Request http, QueryString query) {
    var asked = query.windows().getOrDefault(List.<String>of(), Window.ALL);
    var header =
        method == ApiRequest.Method.GET
            ? http.header("Range").map(Windows::range).orElse(Window.ALL)
            : Window.ALL;
    if (asked.limitZero()) {
      return Window.NONE;
    }
    var both = header.and(asked);
    if (header.empty()) {
      throw Failures.invalidRange(
          "The lower boundary must be lower than or equal to the upper boundary in the Range"
              + " header.");
    }
    if (both.empty()) {
      throw Failures.invalidRange("Limit should be greater than or equal to zero.");
    }
    if (method == ApiRequest.Method.PUT && !both.equals(Window.ALL)) {
      throw Failures.putRange();
    }
    return both;
  }

  /// What is no range asks for everything.
  private static Window range(String header) {
    var range = RANGE.matcher(header);
    if (!range.matches()) {
      return Window.ALL;
    }
    long first = Long.parseLong(range.group(1));
    return range.group(2).isEmpty()
        ? new Window(first, Window.NO_LIMIT)
        : new Window(first, Long.parseLong(range.group(2)) - first + 1);
  }
}
