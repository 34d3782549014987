package dev.freehold.backend.mail;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// How many mails may leave over time: a full minute's at once, then as they come back.
final class MailPace {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final int perMinute;
  private final Clock clock;
  private double left;
  private Instant counted;

  MailPace(int perMinute, Clock clock) {
    this.perMinute = perMinute;
    this.clock = clock;
    this.left = perMinute;
    this.counted = clock.instant();
  }

  /// Takes one.
  ///
  /// @return seconds until there is one; 0 when it was taken
  synchronized long take() {
    var now = clock.instant();
    double gone = Math.max(0, Duration.between(counted, now).toNanos()) / (double) MINUTE.toNanos();
    left = Math.min(perMinute, left + gone * perMinute);
    counted = now;
    if (left >= 1) {
      left--;
      return 0;
    }
    return (long) Math.ceil((1 - left) * MINUTE.toSeconds() / perMinute);
  }
}
