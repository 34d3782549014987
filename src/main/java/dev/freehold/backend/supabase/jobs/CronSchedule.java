package dev.freehold.backend.supabase.jobs;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// When a job is due, read from the text that pg_cron takes: five fields (minute, hour, day of the
/// month, month, day of the week) of numbers, names, ranges, steps and lists; `$` for the last day
/// of the month; one of the `@` words; or `N seconds`, 1 to 59. Times are UTC.
///
/// It takes and refuses what pg_cron takes and refuses, its leniency included: what follows a
/// complete list in a field, and what follows the fifth field, is not looked at. `cron.schedule`
/// refuses by the same rule, in SQL (`cron.freehold_schedule_ok`); a test holds the two together.
/// One thing is better here: `@yearly` comes round, which pg_cron's never does.
///
/// Days as Vixie's cron has them: when neither day field begins with `*`, one that fits is enough;
/// otherwise both must.
sealed interface CronSchedule {
  /// Schedules that are longer are refused; pg_cron's limit.
  int MAX_BYTES = 999;

  /// Every so many seconds after it last began.
  record Every(Duration interval) implements CronSchedule {}

  /// Once at each start of PostgreSQL.
  record AtStart() implements CronSchedule {}

  /// At minutes.
  ///
  /// @param lastDay whether the month's last day is one of the days
  /// @param anyDay whether one of the two day fields begins with `*`
  /// @param wild whether minute or hour begins with `*`: such a job is not caught up after a gap
  record Minutes(
      CronField minute,
      CronField hour,
      CronField day,
      boolean lastDay,
      CronField month,
      CronField weekday,
      boolean anyDay,
      boolean wild)
      implements CronSchedule {

    /// Whether it is due at that minute.
    boolean due(ZonedDateTime time) {
      var utc = time.withZoneSameInstant(ZoneOffset.UTC);
      if (!minute.has(utc.getMinute())
          || !hour.has(utc.getHour())
          || !month.has(utc.getMonthValue())) {
        return false;
      }
      boolean last = lastDay && utc.getDayOfMonth() == utc.toLocalDate().lengthOfMonth();
      boolean fitsDay = last || day.has(utc.getDayOfMonth());
      int number = utc.getDayOfWeek().getValue() % 7;
      boolean fitsWeekday = weekday.has(number) || (number == 0 && weekday.has(7));
      return anyDay ? fitsDay && fitsWeekday : fitsDay || fitsWeekday;
    }
  }

  /// Reads a schedule; empty when pg_cron would refuse it.
  static Optional<CronSchedule> parse(String text) {
    if (text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_BYTES) {
      return interval(text);
    }
    var line = Lines.BEFORE.matcher(text).replaceFirst("");
    int end = line.indexOf('\n');
    var words = Lines.BLANKS.split(end < 0 ? line : line.substring(0, end), -1);
    if (words[0].startsWith("@")) {
      return Optional.ofNullable(Lines.WORDS.get(words[0])).or(() -> interval(text));
    }
    return fields(words).or(() -> interval(text));
  }

  private static Optional<CronSchedule> fields(String[] words) {
    if (words.length < 5) {
      return Optional.empty();
    }
    boolean last = words[2].equals("$");
    var minute = CronField.parse(words[0], CronField.MINUTE);
    var hour = CronField.parse(words[1], CronField.HOUR);
    var day = last ? Optional.of(CronField.NONE) : CronField.parse(words[2], CronField.DAY);
    var month = CronField.parse(words[3], CronField.MONTH);
    var weekday = CronField.parse(words[4], CronField.WEEKDAY);
    if (minute.isEmpty()
        || hour.isEmpty()
        || day.isEmpty()
        || month.isEmpty()
        || weekday.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Minutes(
            minute.get(),
            hour.get(),
            day.get(),
            last,
            month.get(),
            weekday.get(),
            words[2].startsWith("*") || words[4].startsWith("*"),
            words[0].startsWith("*") || words[1].startsWith("*")));
  }

  private static Optional<CronSchedule> interval(String text) {
    var match = Lines.INTERVAL.matcher(text.toLowerCase(Locale.ROOT));
    return match.matches()
        ? Optional.of(new Every(Duration.ofSeconds(Integer.parseInt(match.group(1)))))
        : Optional.empty();
  }

  /// The texts around the fields.
  final class Lines {
    private static final Pattern BEFORE = Pattern.compile("^(?:[ \\t]*(?:#[^\\n]*)?\\n)*[ \\t]*");
    private static final Pattern BLANKS = Pattern.compile("[ \\t]+");
    private static final Pattern INTERVAL =
        Pattern.compile(
            "[ \\t\\n\\x0b\\f\\r]*\\+?0*([1-9]|[1-5][0-9])[ \\t\\n\\x0b\\f\\r]*"
                + "second(?:s[ \\t\\n\\x0b\\f\\r]*)?");
    private static final Map<String, CronSchedule> WORDS =
        Map.of(
            "@reboot", new AtStart(),
            "@restart", new AtStart(),
            "@yearly", spelled("0 0 1 1 *"),
            "@annually", spelled("0 0 1 1 *"),
            "@monthly", spelled("0 0 1 * *"),
            "@weekly", spelled("0 0 * * 0"),
            "@daily", spelled("0 0 * * *"),
            "@midnight", spelled("0 0 * * *"),
            "@hourly", spelled("0 * * * *"));

    private Lines() {}

    private static CronSchedule spelled(String words) {
      return fields(words.split(" ")).orElseThrow();
    }
  }
}
