package dev.freehold.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.supervisor.InstanceState.BackingOff;
import dev.freehold.supervisor.InstanceState.Unhealthy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A supervisor stepped by hand: the test says what time it is.
class SteppedInstanceTest {
  private static final RestartPolicy POLICY =
      new RestartPolicy(Duration.ofSeconds(1), Duration.ofSeconds(10), 3, Duration.ofSeconds(60));

  private final Path folder;
  private final Recorded events = new Recorded();
  private final HandClock clock = new HandClock();

  SteppedInstanceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void pausesDoubleUpToTheBoundAndLoseUpToHalfByChance() {
    RandomGenerator none = () -> 0;
    assertThat(POLICY.pause(1, none)).isEqualTo(Duration.ofSeconds(1));
    assertThat(POLICY.pause(2, none)).isEqualTo(Duration.ofSeconds(2));
    assertThat(POLICY.pause(4, none)).isEqualTo(Duration.ofSeconds(8));
    assertThat(POLICY.pause(5, none)).isEqualTo(Duration.ofSeconds(10));
    assertThat(POLICY.pause(1_000_000, none)).isEqualTo(Duration.ofSeconds(10));
    var random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      assertThat(POLICY.pause(3, random)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
    }
  }

  @Test
  void isNotStartedAgainBeforeItsPauseIsOver() {
    try (var supervisor = supervisor()) {
      var instance = supervisor.start(spec(supervisor));
      stepUntil(supervisor, instance, BackingOff.class);
      var until = ((BackingOff) instance.state()).until();

      supervisor.step(until.minusMillis(1));
      assertThat(events.of(InstanceEvent.Started.class)).hasSize(1);
      supervisor.step(until);
      assertThat(events.of(InstanceEvent.Started.class)).hasSize(2);
    }
  }

  @Test
  void isUnhealthyAfterCrashingAgainAndAgainAndStillTriedOnceInAWhile() {
    try (var supervisor = supervisor()) {
      var instance = supervisor.start(spec(supervisor));
      for (int crash = 1; crash <= 2; crash++) {
        stepUntil(supervisor, instance, BackingOff.class);
        clock.now = ((BackingOff) instance.state()).until();
        supervisor.step(clock.now);
      }
      stepUntil(supervisor, instance, Unhealthy.class);
      assertThat(instance.state())
          .isEqualTo(
              new Unhealthy(
                  clock.now, 0, "it ended 3 times in a row, the last time with status 3"));
      assertThat(events.of(InstanceEvent.Unhealthy.class)).hasSize(1);

      clock.now = clock.now.plus(POLICY.longest());
      supervisor.step(clock.now);
      assertThat(events.of(InstanceEvent.Started.class)).hasSize(4);
      assertThat(instance.state()).isInstanceOf(Unhealthy.class);
    }
  }

  @Test
  void aProcessThatNeverAnswersIsRestartedWhenItsTimeIsOver() {
    try (var supervisor = supervisor()) {
      var silent = Programs.spec("shop/silent", "setInterval(() => {}, 1000)", 1);
      var instance = supervisor.start(silent.restarting(POLICY));
      var limit = silent.readiness().timeout();
      supervisor.step(clock.now.plus(limit));
      assertThat(instance.state()).isInstanceOf(InstanceState.Starting.class);

      clock.now = clock.now.plus(limit).plusMillis(1);
      stepUntil(supervisor, instance, BackingOff.class);
      assertThat(instance.lastWords())
          .isEqualTo("[freehold] killed: it did not answer well within 60000 ms");
    }
  }

  private Supervisor supervisor() {
    return new Supervisor(folder, clock, new SplittableRandom(7), events);
  }

  private static ProcessSpec spec(Supervisor supervisor) {
    return Programs.spec("shop/crashes", Programs.CRASH, supervisor.freePort()).restarting(POLICY);
  }

  private void stepUntil(
      Supervisor supervisor, Instance instance, Class<? extends InstanceState> state) {
    SupervisorTest.await(() -> {
      supervisor.step(clock.now);
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
      return state.isInstance(instance.state());
    });
  }

  /// A clock that a test sets.
  private static final class HandClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneId.of("UTC");
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
