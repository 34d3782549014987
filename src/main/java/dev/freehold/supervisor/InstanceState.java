package dev.freehold.supervisor;

import java.time.Instant;

/// The life of one [Instance]. Only its supervisor moves it from one state to the next.
public sealed interface InstanceState {
  /// Started, and has not answered yet.
  record Starting(Instant since, long pid) implements InstanceState {}

  /// Answers.
  record Healthy(Instant since, long pid) implements InstanceState {}

  /// Answers badly or not at all, or crashes again and again.
  ///
  /// @param pid 0 when nothing runs just now
  record Unhealthy(Instant since, long pid, String reason) implements InstanceState {}

  /// Ended by itself; is started again then.
  record BackingOff(Instant until, int crashes, int status) implements InstanceState {}

  /// Asked to stop, and has until then to finish.
  record Draining(Instant until, long pid) implements InstanceState {}

  /// Stopped for good.
  record Exited(Instant at, int status) implements InstanceState {}

  default boolean servesTraffic() {
    return switch (this) {
      case Healthy _ -> true;
      case Starting _, Unhealthy _, BackingOff _, Draining _, Exited _ -> false;
    };
  }
}
