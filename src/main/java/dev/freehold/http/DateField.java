package dev.freehold.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The `Date` header (RFC 9110 §6.6.1), written out once a second however many answers carry it.
final class DateField {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private record Written(long second, String text) {}

  private volatile Written latest = new Written(0, "");

  String now() {
    var known = latest;
    long second = System.currentTimeMillis() / 1_000;
    if (known.second != second) {
      known = new Written(second, FORMAT.format(Instant.ofEpochSecond(second)));
      latest = known;
    }
    return known.text;
  }
}
