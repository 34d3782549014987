package dev.freehold.backend.supabase.auth;

import java.time.Duration;
import java.util.regex.Pattern;

/// Durations as Go writes them and clients send them: `24h`, `1h30m`, `100ms`.
final class GoDuration {
  private static final Pattern WHOLE = Pattern.compile("(?:[0-9]{1,9}(?:ms|us|ns|h|m|s))+|0");
  private static final Pattern PART = Pattern.compile("([0-9]+)(ms|us|ns|h|m|s)");

  private GoDuration() {}

  static Duration parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw AuthError.validation(
          "invalid format for ban duration: time: invalid duration \"" + text + "\"");
    }
    var sum = Duration.ZERO;
    var parts = PART.matcher(text);
    while (parts.find()) {
      long count = Long.parseLong(parts.group(1));
      sum =
          sum.plus(
              switch (parts.group(2)) {
                case "h" -> Duration.ofHours(count);
                case "m" -> Duration.ofMinutes(count);
                case "s" -> Duration.ofSeconds(count);
                case "ms" -> Duration.ofMillis(count);
                case "us" -> Duration.ofNanos(count * 1_000);
                default -> Duration.ofNanos(count);
              });
    }
    return sum;
  }
}
