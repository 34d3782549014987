package dev.freehold.monitor;

import dev.freehold.telemetry.LogLine;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// How a log line lies in its file: time, source, release and text, separated by tabs. The text is
/// last and may hold anything but a line end.
final class LogFormat {
  private static final int FIELDS = 4;

  private LogFormat() {}

  static String write(LogLine line) {
    var text = line.text().replace('\n', ' ').replace('\r', ' ');
    return line.at() + "\t" + line.source() + "\t" + line.release() + "\t" + text;
  }

  /// Empty for a line that a crash cut short.
  static Optional<LogLine> read(String scope, String text) {
    var fields = text.split("\t", FIELDS);
    if (fields.length < FIELDS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new LogLine(
              Instant.parse(fields[0]), fields[1], scope, Integer.parseInt(fields[2]), fields[3]));
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
