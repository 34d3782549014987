package dev.freehold.backend.supabase.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CronClockTest {
  private static final CronSchedule.Minutes EVERY_MINUTE = schedule("* * * * *");
  private static final CronSchedule.Minutes AT_NOON = schedule("0 12 * * *");
  private static final CronSchedule.Minutes EVERY_HOUR = schedule("30 * * * *");

  @Test
  void aMinuteIsDueOnce() {
    assertThat(due(EVERY_MINUTE, "11:59:00", "12:00:00")).containsExactly("12:00");
    assertThat(due(EVERY_MINUTE, "12:00:00", "12:00:59")).isEmpty();
  }

  @Test
  void aShortGapIsCaughtUpMinuteByMinute() {
    assertThat(due(EVERY_MINUTE, "11:58:00", "12:02:10"))
        .containsExactly("11:59", "12:00", "12:01", "12:02");
  }

  @Test
  void afterALongerGapOnlyFixedTimesAreCaughtUp() {
    assertThat(due(AT_NOON, "11:30:00", "13:00:00")).containsExactly("12:00");
    assertThat(due(EVERY_MINUTE, "11:30:00", "13:00:00")).containsExactly("13:00");
    assertThat(due(EVERY_HOUR, "11:00:00", "13:00:00")).isEmpty();
    assertThat(due(EVERY_HOUR, "11:00:00", "13:30:00")).containsExactly("13:30");
  }

  @Test
  void afterHoursOnlyThePresentCounts() {
    assertThat(due(AT_NOON, "08:00:00", "13:00:00")).isEmpty();
    assertThat(due(EVERY_MINUTE, "08:00:00", "13:00:00")).containsExactly("13:00");
  }

  @Test
  void aClockThatWasPutBackRunsNothingTwice() {
    assertThat(due(EVERY_MINUTE, "12:00:00", "11:30:00")).isEmpty();
    assertThat(CronClock.next(at("12:00:00"), at("11:30:00"))).isEqualTo(at("12:00:00"));
    assertThat(CronClock.next(at("12:00:00"), at("08:30:10"))).isEqualTo(at("08:30:00"));
  }

  private static List<String> due(CronSchedule.Minutes schedule, String last, String now) {
    return CronClock.due(schedule, at(last), at(now)).stream()
        .map(instant -> instant.toString().substring(11, 16))
        .toList();
  }

  private static Instant at(String time) {
    return Instant.parse("2026-03-03T" + time + "Z");
  }

  private static CronSchedule.Minutes schedule(String text) {
    return (CronSchedule.Minutes) CronSchedule.parse(text).orElseThrow();
  }
}
