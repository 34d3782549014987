package dev.freehold.supervisor;

import dev.freehold.telemetry.Event;
import java.time.Duration;
import java.time.Instant;

/// What happens to instances. Their output lines are [dev.freehold.telemetry.LogLine]s.
public sealed interface InstanceEvent extends Event {
  /// The id of the [ProcessSpec].
  String id();

  Instant at();

  record Started(Instant at, String id, long pid) implements InstanceEvent {
    @Override
    public String describe() {
      return id + " started as process " + pid;
    }
  }

  /// @param took from its start to its first good answer
  record Healthy(Instant at, String id, long pid, Duration took) implements InstanceEvent {
    @Override
    public String describe() {
      return id + " answers after " + took.toMillis() + " ms";
    }
  }

  record Unhealthy(Instant at, String id, String reason) implements InstanceEvent {
    @Override
    public String describe() {
      return id + " is unhealthy: " + reason;
    }
  }

  /// Ended without being asked, or was ended because it hung.
  record Exited(Instant at, String id, long pid, int status) implements InstanceEvent {
    @Override
    public String describe() {
      return id + " ended with status " + status;
    }
  }

  record BackedOff(Instant at, String id, int crashes, Duration pause) implements InstanceEvent {
    @Override
    public String describe() {
      return id + " is started again in " + pause.toMillis() + " ms (crash " + crashes + ")";
    }
  }

  /// Could not even be started.
  record NotStarted(Instant at, String id, String reason) implements InstanceEvent {
    @Override
    public String describe() {
      return id + " could not be started: " + reason;
    }
  }

  /// The supervisor itself failed at it; it tries again in its next step.
  record Faulted(Instant at, String id, RuntimeException fault) implements InstanceEvent {
    @Override
    public String describe() {
      return id + " could not be looked after: " + fault.getMessage();
    }
  }

  record Stopped(Instant at, String id, int status) implements InstanceEvent {
    @Override
    public String describe() {
      return id + " was stopped";
    }
  }

  /// A process that an earlier run of Freehold left behind was killed.
  record Swept(Instant at, String id, long pid) implements InstanceEvent {
    @Override
    public String describe() {
      return id + " had left process " + pid + " behind; it was killed";
    }
  }
}
