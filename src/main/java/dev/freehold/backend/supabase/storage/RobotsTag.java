package dev.freehold.backend.supabase.storage;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The header `X-Robots-Tag` that an upload may set for its downloads: rules with commas between
/// them, each perhaps behind a robot's name
/// (https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Robots-Tag).
final class RobotsTag {
  private static final int MAX_LENGTH = 1024;
  private static final Set<String> SIMPLE =
      Set.of(
          "all",
          "noindex",
          "nofollow",
          "none",
          "nosnippet",
          "indexifembedded",
          "notranslate",
          "noimageindex");
  private static final Pattern SNIPPET = Pattern.compile("max-(snippet|video-preview):\\s*-?\\d+");
  private static final Pattern PREVIEW =
      Pattern.compile("max-image-preview:\\s*(none|standard|large)");

  /// A date holds a comma itself.
  private static final Pattern AFTER = Pattern.compile("unavailable_after:\\s*\\S[^\\p{Cntrl}]*");

  private static final Pattern ROBOT = Pattern.compile("[A-Za-z0-9_-]+\\s*:\\s*(.+)");
  private static final List<String> WITH_VALUE =
      List.of("max-snippet", "max-video-preview", "max-image-preview", "unavailable_after");

  private RobotsTag() {}

  static void check(String value) {
    if (value.isBlank()) {
      throw StorageError.invalidRobotsTag("X-Robots-Tag header value must be a non-empty string");
    }
    if (value.length() > MAX_LENGTH) {
      throw StorageError.invalidRobotsTag("the value is longer than " + MAX_LENGTH);
    }
    var rest = value.strip();
    while (!rest.isEmpty()) {
      if (AFTER.matcher(rest).matches()) {
        return;
      }
      int comma = rest.indexOf(',');
      var rule = (comma < 0 ? rest : rest.substring(0, comma)).strip();
      checkRule(rule);
      rest = comma < 0 ? "" : rest.substring(comma + 1).strip();
      if (comma >= 0 && rest.isEmpty()) {
        throw StorageError.invalidRobotsTag("X-Robots-Tag header contains empty rule");
      }
    }
  }

  private static void checkRule(String rule) {
    if (rule.isEmpty()) {
      throw StorageError.invalidRobotsTag("X-Robots-Tag header contains empty rule");
    }
    if (SIMPLE.contains(rule)
        || SNIPPET.matcher(rule).matches()
        || PREVIEW.matcher(rule).matches()) {
      return;
    }
    var robot = ROBOT.matcher(rule);
    boolean takesValue = WITH_VALUE.stream().anyMatch(name -> rule.startsWith(name + ":"));
    if (takesValue || !robot.matches()) {
      throw StorageError.invalidRobotsTag("Invalid X-Robots-Tag rule: \"" + rule + "\"");
    }
    checkRule(robot.group(1).strip());
  }
}
