package dev.freehold.backend.supabase.rest;

import dev.freehold.http.Request;
import java.util.List;
import java.util.Optional;

/// Reads the wanted rows from `limit`, `offset` and, for GET, the `Range` header.
final class Windows {
  private static final List<String> ROOT = List.of();

  private Windows() {}

  /// @throws RestFailure PGRST103, PGRST114
  static Window of(ApiRequest.Method method, Request http, QueryString query) {
    var limit = query.limits().get(ROOT);
    var offset = query.offsets().get(ROOT);
    if (method == ApiRequest.Method.PUT && (limit != null || offset != null)) {
      throw Failures.putRange();
    }
    if (limit != null && limit < 0) {
      throw Failures.invalidRange("Limit should be greater than or equal to zero.");
    }
    var asked =
        new Window(
            offset == null ? 0 : Math.max(0, offset), limit == null ? Window.NO_LIMIT : limit);
    if (method != ApiRequest.Method.GET) {
      return asked;
    }
    var header = http.header("Range").flatMap(Windows::range);
    if (header.isEmpty()) {
      return asked;
    }
    var both = header.get().and(asked);
    if (both.limit() <= 0 && !(limit != null && limit == 0)) {
      throw Failures.invalidRange("Limit should be greater than or equal to zero.");
    }
    return both;
  }

  private static Optional<Window> range(String header) {
    var text = header.startsWith("items=") ? header.substring(6) : header;
    int dash = text.indexOf('-');
    if (dash <= 0) {
      return Optional.empty();
    }
    try {
      long first = Long.parseLong(text.substring(0, dash).strip());
      var end = text.substring(dash + 1).strip();
      if (end.isEmpty()) {
        return Optional.of(new Window(first, Window.NO_LIMIT));
      }
      long last = Long.parseLong(end);
      if (last < first) {
        throw Failures.invalidRange(
            "The lower boundary must be lower than or equal to the upper boundary in the Range"
                + " header.");
      }
      return Optional.of(new Window(first, last - first + 1));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
