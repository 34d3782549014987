package dev.freehold.http;

import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;

/// What a request line asks for, made regular once so that routing, access rules and the process
/// behind us all see the same path (RFC 3986 §6.2.2).
///
/// Percent-encoded letters, digits and `-._~` are decoded, other escapes kept with upper-case hex,
/// dot segments resolved. Refused, because two readers could disagree about them: a control
/// character, a space, a backslash or a character above ASCII; a `%` without two hex digits; `%00`;
/// a dot segment hidden behind an encoded slash; a fragment; any form but `/path` and
/// `http://authority/path`.
///
/// @param path starts with `/`
/// @param query without `?`, empty when there is none, as sent
/// @param authority the one an absolute-form target named
record Target(String path, String query, Optional<String> authority) {
  private static final String UNRESERVED_MARKS = "-._~";

  /// Empty when the target is refused.
  static Optional<Target> parse(String raw) {
    var authority = Optional.<String>empty();
    var rest = raw;
    if (!raw.startsWith("/")) {
      var lower = raw.toLowerCase(Locale.ROOT);
      int start = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
      if (start < 0) {
        return Optional.empty();
      }
      int end = start;
      while (end < raw.length() && "/?".indexOf(raw.charAt(end)) < 0) {
        end++;
      }
      authority = Optional.of(raw.substring(start, end));
      rest = raw.startsWith("/", end) ? raw.substring(end) : "/" + raw.substring(end);
    }
    int mark = rest.indexOf('?');
    var query = mark < 0 ? "" : rest.substring(mark + 1);
    var named = authority;
    return legal(query)
        ? regular(mark < 0 ? rest : rest.substring(0, mark))
            .map(path -> new Target(path, query, named))
        : Optional.empty();
  }

  private static boolean legal(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> regular(String path) {
    if (!legal(path) || path.indexOf('\\') >= 0) {
      return Optional.empty();
    }
    if (path.indexOf('%') < 0) {
      return Optional.of(path.contains("/.") ? withoutDotSegments(path) : path);
    }
    return decodeUnreserved(path).map(Target::withoutDotSegments).filter(Target::hidesNoDots);
  }

  private static Optional<String> decodeUnreserved(String path) {
    var out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(path.charAt(i + 2), 16);
      int value = high * 16 + low;
      if (low < 0 || value == 0) {
        return Optional.empty();
      }
      if (isUnreserved((char) value)) {
        out.append((char) value);
      } else {
        out.append('%').append(path.substring(i + 1, i + 3).toUpperCase(Locale.ROOT));
      }
      i += 2;
    }
    return Optional.of(out.toString());
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || UNRESERVED_MARKS.indexOf(c) >= 0;
  }

  /// RFC 3986 §5.2.4; a `..` above the root stays at the root.
  private static String withoutDotSegments(String path) {
    var kept = new ArrayList<String>();
    var segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      switch (segments[i]) {
        case "." -> {
          if (last) {
            kept.add("");
          }
        }
        case ".." -> {
          if (!kept.isEmpty()) {
            kept.removeLast();
          }
          if (last) {
            kept.add("");
          }
        }
        default -> kept.add(segments[i]);
      }
    }
    var joined = new StringJoiner("/", "/", "");
    kept.forEach(joined::add);
    return joined.toString();
  }

  /// A reader that decodes `%2F` must not find a way up that we did not see.
  private static boolean hidesNoDots(String path) {
    if (!path.contains("%2F") && !path.contains("%5C")) {
      return true;
    }
    for (var part : path.replace("%2F", "/").replace("%5C", "/").split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return true;
  }
}
