package dev.freehold.supervisor;

import java.time.Duration;

/// How we learn that a process answers: an HTTP GET on its loopback port.
///
/// While it starts, a status below `aliveBelow` makes it healthy. Later it is asked again every
/// `recheck`: after `strikes` bad answers in a row it is unhealthy, and after twice as many
/// *without any* answer it is taken for hung and restarted. A process that answers with errors is
/// not restarted: that seldom helps, and its error pages may be all that its users have.
///
/// @param path what is asked for, beginning with `/`
/// @param timeout how long it may take from start to the first good answer; then it is restarted
/// @param interval between two questions while it starts
/// @param recheck between two questions once it is healthy; zero asks no more
/// @param answerWithin how long one answer may take
/// @param aliveBelow statuses below this count as good: 500 by default, since a page that asks to
///   sign in or is not found is an answer too
/// @param strikes how many bad answers in a row make it unhealthy
public record Readiness(
    String path,
    Duration timeout,
    Duration interval,
    Duration recheck,
    Duration answerWithin,
    int aliveBelow,
    int strikes) {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final Duration RECHECK = Duration.ofSeconds(10);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int STRIKES = 3;

  public Readiness {
    if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
      throw new IllegalArgumentException("not a path to ask for: " + path);
    }
    if (strikes < 1) {
      throw new IllegalArgumentException("at least one strike");
    }
  }

  public static Readiness of(String path) {
    return of(path, TIMEOUT, INTERVAL);
  }

  public static Readiness of(String path, Duration timeout, Duration interval) {
    return new Readiness(
        path, timeout, interval, RECHECK, ANSWER_WITHIN, FIRST_SERVER_ERROR, STRIKES);
  }

  public Readiness aliveBelow(int status) {
    return new Readiness(path, timeout, interval, recheck, answerWithin, status, strikes);
  }

  public Readiness rechecking(Duration every, int bad) {
    return new Readiness(path, timeout, interval, every, answerWithin, aliveBelow, bad);
  }
}
