package dev.freehold.backend.supabase.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "* * * * *",
        "*/5 * * * *",
        "0 3 * * *",
        "0 9 * * 1-5",
        "0 0 1,15 * *",
        "5-59/10 * * * *",
        "0 12 $ * *",
        "0 0 * jan,Jun,DEC mon-Fri",
        "0 0 * * 7",
        "  15\t4 * *   sun  ",
        "# at night\n0 2 * * *",
        "0 0 * * * and whatever follows",
        "0 0 * * * *",
        "@daily",
        "@reboot",
        "@hourly please",
        "30 seconds",
        "1 second",
        " +07  SECONDS ",
        "59seconds"
      })
  void itTakesWhatPgCronTakes(String text) {
    assertThat(CronSchedule.parse(text)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "often",
        "* * * *",
        "*\n* * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 13 *",
        "* * * 0 *",
        "* * * * 8",
        "-1 * * * *",
        "*/0 * * * *",
        "*/60 * * * *",
        "* */24 * * *",
        "*/-1 * * * *",
        "*/5000000000 * * * *",
        "5/15 * * * *",
        "1,,2 * * * *",
        "1, 2 * * * *",
        "1- * * * *",
        "mon * * * *",
        "* * $x * *",
        "* * * * $",
        "@Daily",
        "@restar",
        "0 seconds",
        "60 seconds",
        "-5 seconds",
        "5 secondc",
        "5 second ",
        "5 seconds c",
        "5 minutes",
        "10000000000 seconds"
      })
  void itRefusesWhatPgCronRefuses(String text) {
    assertThat(CronSchedule.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'*/15 * * * *', 2026-03-01T10:45:00Z, true",
    "'*/15 * * * *', 2026-03-01T10:46:00Z, false",
    "'0 12 $ * *', 2028-02-29T12:00:00Z, true",
    "'0 12 $ * *', 2028-02-28T12:00:00Z, false",
    "'0 0 13 * 5', 2026-03-13T00:00:00Z, true",
    "'0 0 13 * 5', 2026-03-06T00:00:00Z, true",
    "'0 0 13 * 5', 2026-03-05T00:00:00Z, false",
    "'0 0 */2 * 5', 2026-03-13T00:00:00Z, true",
    "'0 0 */2 * 5', 2026-03-06T00:00:00Z, false",
    "'0 0 $ * mon', 2026-03-02T00:00:00Z, true",
    "'0 0 * * 7', 2026-03-01T00:00:00Z, true",
    "'0 0 * * sun', 2026-03-01T00:00:00Z, true",
    "'0 9 * * 1-5', 2026-03-01T09:00:00Z, false",
    "'0 22-5 * * *', 2026-03-01T23:00:00Z, true",
    "'0 22-5 * * *', 2026-03-01T04:00:00Z, true",
    "'0 22-5 * * *', 2026-03-01T12:00:00Z, false",
    "'@yearly', 2027-01-01T00:00:00Z, true",
    "'@weekly', 2026-03-01T00:00:00Z, true",
    "'@hourly', 2026-03-01T05:00:00Z, true",
    "'5x;9 * * * *', 2026-03-01T05:05:00Z, none",
    "'5;9 * * * *', 2026-03-01T05:05:00Z, true",
    "'5;9 * * * *', 2026-03-01T05:09:00Z, false",
    "'0 12 * * *', 2026-03-01T13:00:00+01:00, true"
  })
  void itIsDueWhenItSays(String text, String at, String due) {
    var found =
        CronSchedule.parse(text)
            .map(schedule ->
                Boolean.toString(((CronSchedule.Minutes) schedule).due(ZonedDateTime.parse(at))));
    assertThat(found.orElse("none")).isEqualTo(due);
  }

  /// `cron.schedule` refuses in SQL, the scheduler reads in Java: they must not differ.
  @Test
  void theDatabaseAndTheSchedulerAgree() throws SQLException {
    var database = JobsFixture.prepared();
    var texts = new ArrayList<>(texts(4_000));
    var differing = new ArrayList<String>();
    int taken = 0;
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var ask =
            connection.prepareStatement(
                "select t, cron.freehold_schedule_ok(t) from unnest(?) as t")) {
      ask.setArray(1, connection.createArrayOf("text", texts.toArray()));
      try (var rows = ask.executeQuery()) {
        while (rows.next()) {
          boolean here = CronSchedule.parse(rows.getString(1)).isPresent();
          taken += here ? 1 : 0;
          if (here != rows.getBoolean(2)) {
            differing.add(rows.getString(1));
          }
        }
      }
    }
    assertThat(differing).isEmpty();
    assertThat(taken).as("schedules among them").isBetween(300, 3_900);
  }

  private static List<String> texts(int count) {
    var random = new Random(20_261_121);
    var parts =
        List.of(
            "*",
            "*",
            "*",
            "0",
            "5",
            "07",
            "12",
            "23",
            "31",
            "59",
            "60",
            "99999999999",
            "jan",
            "MON",
            "sun",
            "feb-APR",
            "1-5",
            "22-5",
            "*/5",
            "*/0",
            "*/59",
            "10-20/3",
            "1/2",
            "$",
            "x",
            "5x",
            "5;",
            "*5",
            "-",
            "1-",
            "1,2",
            "1,",
            ",",
            "é",
            "\r",
            "@");
    var usual = List.of("*", "*", "1", "5", "07", "1-5", "*/5", "2-6/2", "*");
    var ends = List.of("", "", "", "", " ", " rest", "\n", "\nrest", "\t", " *");
    var starts = List.of("", "", "", "", " ", "\t", "\n", "# c\n", "#", "@");
    var words =
        List.of(
            "5 seconds", "@daily", "@daily x", "@dailyx", "30 second", "30second ", "7  SECONDS\n");
    return Stream.concat(
            words.stream(),
            Stream.generate(() -> {
              var text = new StringBuilder(pick(starts, random));
              int fields = random.nextInt(10) == 0 ? random.nextInt(7) : 5;
              for (int i = 0; i < fields; i++) {
                text.append(i == 0 ? "" : random.nextInt(8) == 0 ? "\t " : " ");
                text.append(pick(random.nextInt(5) == 0 ? parts : usual, random));
                if (random.nextInt(6) == 0) {
                  text.append(random.nextBoolean() ? "," : "").append(pick(parts, random));
                }
              }
              return text.append(pick(ends, random)).toString();
            }))
        .limit(count)
        .toList();
  }

  private static String pick(List<String> some, Random random) {
    return some.get(random.nextInt(some.size()));
  }
}
