package dev.freehold.backend.supabase.rest;

import dev.freehold.http.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What requests that differ only in the values they compare with have in common.
///
/// @param key everything that planning looks at, with the values left out
/// @param values the values, decoded, in their order
record RequestShape(String key, List<String> values) {
  /// Longer requests are planned each time.
  private static final int MAX_CHARS = 4_096;

  /// Names, as last word of a parameter, whose values are no plain values.
  private static final Set<String> RESERVED =
      Set.of(
          "select",
          "order",
          "limit",
          "offset",
          "columns",
          "on_conflict",
          "and",
          "or",
          "not.and",
          "not.or");

  /// Operators that take what follows as it is.
  private static final List<String> PLAIN = List.of("eq.", "gt.", "lt.", "gte.", "lte.", "neq.");

  private static final List<String> HEADERS =
      List.of("Accept", "Prefer", "Range", "Accept-Profile", "Content-Type");

  /// Stands for a value, where planning is tried without one; no request brings private characters
  /// in this form by chance.
  static String placeholder(int number) {
    return "\uE000" + number + "\uE001";
  }

  /// The shape of a read; nothing for requests that are better planned each time.
  static Optional<RequestShape> of(Request http) {
    var reads = http.method().equals("GET") || http.method().equals("HEAD");
    if (!reads || http.path().length() + http.query().length() > MAX_CHARS) {
      return Optional.empty();
    }
    var key = new StringBuilder(256).append(http.method()).append('\n').append(http.path());
    var values = new ArrayList<String>();
    key.append('\n');
    var query = http.query();
    for (int start = 0; start < query.length(); ) {
      int end = query.indexOf('&', start);
      end = end < 0 ? query.length() : end;
      int value = valueStart(http, query, start, end);
      key.append(query, start, value).append(value < end ? '\0' : '&');
      if (value < end) {
        values.add(QueryStrings.decode(query.substring(value, end)));
      }
      start = end + 1;
    }
    for (var name : HEADERS) {
      key.append('\n');
      http.headers().all(name).forEach(text -> key.append(text).append('\r'));
    }
    return key.length() > MAX_CHARS || query.indexOf(';') >= 0
        ? Optional.empty()
        : Optional.of(new RequestShape(key.toString(), values));
  }

  /// The same request with placeholders for its values.
  static Request withPlaceholders(Request http) {
    var query = http.query();
    var replaced = new StringBuilder();
    int number = 0;
    for (int start = 0; start < query.length(); ) {
      int end = query.indexOf('&', start);
      end = end < 0 ? query.length() : end;
      int value = valueStart(http, query, start, end);
      replaced.append(replaced.isEmpty() ? "" : "&").append(query, start, value);
      if (value < end) {
        QueryStrings.encode(replaced, placeholder(number++));
      }
      start = end + 1;
    }
    return http.withQuery(replaced.toString());
  }

  /// Where the value of a parameter begins; its end when it has none that may differ.
  private static int valueStart(Request http, String query, int start, int end) {
    int equals = query.indexOf('=', start);
    if (equals < 0 || equals >= end) {
      return end;
    }
    var name = query.substring(start, equals);
    if (RESERVED.contains(name) || RESERVED.contains(name.substring(name.lastIndexOf('.') + 1))) {
      return end;
    }
    for (var operator : PLAIN) {
      if (query.startsWith(operator, equals + 1)) {
        return Math.min(end, equals + 1 + operator.length());
      }
    }
    var argument = http.path().startsWith("/rpc/") && name.indexOf('.') < 0;
    return argument && !mayFilter(QueryStrings.decode(query.substring(equals + 1, end)))
        ? equals + 1
        : end;
  }

  /// Whether a function's parameter with this value may be a filter of its result: a word and a
  /// dot, as operators begin.
  private static boolean mayFilter(String value) {
    int dot = value.indexOf('.');
    return dot > 0 && Character.isLetter(value.charAt(0));
  }
}
