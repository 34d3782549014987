package dev.freehold.backend.supabase.realtime;

import dev.freehold.telemetry.Event;
import org.jspecify.annotations.Nullable;

/// What Realtime states.
public sealed interface RealtimeEvent extends Event {
  /// A client did not read what it was sent; its socket was cut, and it comes back by itself.
  record SlowClient(String remote, long pendingBytes) implements RealtimeEvent {
    @Override
    public String describe() {
      return "a realtime socket of %s was cut: %d KiB were not read"
          .formatted(remote.isEmpty() ? "a client" : remote, pendingBytes >> 10);
    }
  }

  /// A channel was closed because its client broke a limit.
  record LimitBroken(String topic, String limit) implements RealtimeEvent {
    @Override
    public String describe() {
      return "channel " + topic + " was closed: " + limit;
    }
  }

  /// The policies on `realtime.messages` could not be asked.
  record NotAuthorized(String topic, @Nullable String why) implements RealtimeEvent {
    @Override
    public String describe() {
      return "whether a client may use channel %s could not be asked: %s".formatted(topic, why);
    }
  }

  /// Old messages were not deleted.
  record NotForgotten(@Nullable String why) implements RealtimeEvent {
    @Override
    public String describe() {
      return "old messages of realtime.messages were not deleted: " + why;
    }
  }
}
