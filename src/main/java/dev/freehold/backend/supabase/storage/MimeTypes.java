package dev.freehold.backend.supabase.storage;

import java.util.List;
import java.util.regex.Pattern;

/// Which content types a bucket takes.
final class MimeTypes {
  private static final int MAX_LENGTH = 1000;
  private static final Pattern RULE =
      Pattern.compile(
          "([a-zA-Z0-9\\-+.]+)/([a-zA-Z0-9\\-+.]+)(;\\s*charset=[a-zA-Z0-9\\-]+)?"
              + "|[a-zA-Z0-9\\-+.]*/?\\*");

  private MimeTypes() {}

  /// Refuses a bucket's list with an entry that is no type.
  static void checkRules(List<String> rules) {
    for (var rule : rules) {
      if (rule.length() > MAX_LENGTH || !RULE.matcher(rule).matches()) {
        throw StorageError.invalidMimeType(rule);
      }
    }
  }

  /// Refuses a type that is not among those a bucket takes. An empty list takes all.
  static void check(String type, List<String> allowed) {
    if (allowed.isEmpty()) {
      return;
    }
    var wanted = type.split("/", -1);
    if (wanted.length >= 2) {
      for (var rule : allowed) {
        var parts = rule.split("/", -1);
        if (parts[0].equals(wanted[0])
            && parts.length > 1
            && (parts[1].equals("*") || parts[1].equals(wanted[1]))) {
          return;
        }
      }
    }
    throw StorageError.invalidMimeType(type);
  }
}
