package dev.freehold.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The `Date` header (RFC 9110 §6.6.1), written out once a second however many answers carry it.
public final class DateField {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private record Written(long second, String text) {}

  private volatile Written latest = new Written(0, "");

  DateField() {}

  /// A moment as header fields carry it (RFC 9110 §5.6.7), to the second.
  public static String text(Instant moment) {
    return FORMAT.format(moment);
  }

  String now() {
    var known = latest;
    long second = System.currentTimeMillis() / 1_000;
    if (known.second != second) {
      known = new Written(second, text(Instant.ofEpochSecond(second)));
      latest = known;
    }
    return known.text;
  }
}
