package dev.freehold.supervisor;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// What happens when a process ends by itself: it is started again after a pause that doubles with
/// each crash, up to a bound, and is shortened by up to half at random so that many do not come
/// back in step.
///
/// It is never given up: what it waits for may come back at night. Past `crashLoop` crashes in a
/// row it is reported as unhealthy, and tried again every `longest`.
///
/// @param first the pause after the first crash
/// @param longest the bound of the pause
/// @param crashLoop after this many crashes in a row it counts as unhealthy
/// @param steadyAfter a process that was healthy this long starts counting anew
public record RestartPolicy(Duration first, Duration longest, int crashLoop, Duration steadyAfter) {
  public static final RestartPolicy USUAL =
      new RestartPolicy(Duration.ofMillis(500), Duration.ofMinutes(2), 6, Duration.ofSeconds(60));

  /// A process that ends is left ended: whoever wants another starts another.
  public static final RestartPolicy NEVER =
      new RestartPolicy(Duration.ZERO, Duration.ZERO, 1, Duration.ZERO);

  private static final int MAX_DOUBLINGS = 20;

  public RestartPolicy {
    if (first.isNegative() || longest.compareTo(first) < 0 || crashLoop < 1) {
      throw new IllegalArgumentException("not a restart policy: " + first + " to " + longest);
    }
  }

  Duration pause(int crashes, RandomGenerator random) {
    var doubled = first.multipliedBy(1L << Math.min(Math.max(crashes - 1, 0), MAX_DOUBLINGS));
    var bounded = doubled.compareTo(longest) > 0 ? longest : doubled;
    return Duration.ofNanos((long) (bounded.toNanos() * (1 - random.nextDouble() / 2)));
  }
}
