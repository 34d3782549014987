package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.telemetry.Event;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the change stream states.
public sealed interface ChangesEvent extends Event {
  /// The log is read from now on.
  ///
  /// @param lasting whether the slot outlives the connection
  record Streaming(String slot, boolean lasting, boolean resumed) implements ChangesEvent {
    @Override
    public String describe() {
      return "reading changes by %s slot %s%s"
          .formatted(
              lasting ? "the lasting" : "the temporary",
              slot,
              resumed ? ", from where it was left" : "");
    }
  }

  /// The log cannot be read, for now.
  record NotStreaming(String why) implements ChangesEvent {
    @Override
    public String describe() {
      return "changes cannot be read: " + why;
    }
  }

  /// The connection to the log broke and is being made anew.
  record Interrupted(String why) implements ChangesEvent {
    @Override
    public String describe() {
      return "the change stream broke and is resumed: " + why;
    }
  }

  /// Nobody listens any more; the slot is gone.
  record Stopped(String slot) implements ChangesEvent {
    @Override
    public String describe() {
      return "nobody listens to changes; slot " + slot + " is dropped";
    }
  }

  /// The stream is behind what the database writes.
  record Lagging(String slot, long bytes) implements ChangesEvent {
    @Override
    public String describe() {
      return "slot %s is %d MiB behind the database".formatted(slot, bytes >> 20);
    }
  }

  /// Changes were given up so that the log does not fill the disk.
  record Skipped(String slot, String why) implements ChangesEvent {
    @Override
    public String describe() {
      return "changes were skipped, slot " + slot + ": " + why;
    }
  }

  /// PostgreSQL could not say what a session may see; it sees nothing then.
  record NotAsked(String table, String role, @Nullable String why) implements ChangesEvent {
    @Override
    public String describe() {
      return "rows of %s are withheld from %s: %s".formatted(table, role, why);
    }
  }

  /// Changes could not be turned into what clients are told.
  record NotRouted(int changes, @Nullable String why) implements ChangesEvent {
    @Override
    public String describe() {
      return "%d changes could not be delivered: %s".formatted(changes, why);
    }
  }

  /// A transaction is in the log and still not to be seen.
  record Unsettled(Duration waited) implements ChangesEvent {
    @Override
    public String describe() {
      return "a committed transaction cannot be seen after %d s; what it wrote may be told to nobody"
          .formatted(waited.toSeconds());
    }
  }

  /// A slow piece of work on the way to the sockets.
  record Slow(int changes, Duration took) implements ChangesEvent {
    @Override
    public String describe() {
      return "%d changes took %d ms to check".formatted(changes, took.toMillis());
    }
  }
}
