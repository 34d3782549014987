package dev.freehold.backend.supabase.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Which minutes of a schedule are due between two looks at the clock. Vixie's rule for a clock
/// that jumps, as pg_cron has it, here for a server that was away too:
///
/// - up to 5 minutes: every minute counts;
/// - up to 3 hours: jobs at fixed times are caught up, minute by minute; jobs whose minute or hour
///   begins with `*` count for the minute it is now;
/// - longer: only the minute it is now counts;
/// - back by less than 3 hours: nothing is due until the clock has caught up.
final class CronClock {
  static final Duration EVERY_MINUTE_COUNTS = Duration.ofMinutes(5);
  static final Duration FIXED_TIMES_COUNT = Duration.ofHours(3);

  private CronClock() {}

  /// The minute that has begun.
  static Instant minute(Instant now) {
    return now.truncatedTo(ChronoUnit.MINUTES);
  }

  /// The minutes at which the schedule is due.
  ///
  /// @param last up to which minute everything was looked at
  /// @param now any instant
  static List<Instant> due(CronSchedule.Minutes schedule, Instant last, Instant now) {
    var current = minute(now);
    var gap = Duration.between(last, current);
    var due = new ArrayList<Instant>();
    if (gap.isZero()) {
      return due;
    }
    if (gap.isPositive() && gap.compareTo(FIXED_TIMES_COUNT) <= 0) {
      boolean all = gap.compareTo(EVERY_MINUTE_COUNTS) <= 0 || !schedule.wild();
      var from = all ? last.plus(1, ChronoUnit.MINUTES) : current;
      for (var at = from; !at.isAfter(current); at = at.plus(1, ChronoUnit.MINUTES)) {
        add(due, schedule, at);
      }
    } else if (gap.isPositive() || steppedFarBack(gap)) {
      add(due, schedule, current);
    }
    return due;
  }

  /// Up to which minute everything counts as looked at from now on.
  static Instant next(Instant last, Instant now) {
    var current = minute(now);
    var gap = Duration.between(last, current);
    return gap.isNegative() && !steppedFarBack(gap) ? last : current;
  }

  private static boolean steppedFarBack(Duration gap) {
    return gap.negated().compareTo(FIXED_TIMES_COUNT) >= 0;
  }

  private static void add(List<Instant> due, CronSchedule.Minutes schedule, Instant at) {
    if (schedule.due(at.atZone(ZoneOffset.UTC))) {
      due.add(at);
    }
  }
}
