package dev.freehold.backend.supabase.storage;

import dev.freehold.telemetry.Event;

/// What a storage server states about itself.
public sealed interface StorageEvent extends Event {
  /// A request failed for a reason of ours, whose cause no client sees.
  ///
  /// @param what method and path
  record Failed(String what, String cause) implements StorageEvent {
    @Override
    public String describe() {
      return "storage: " + what + " failed: " + cause;
    }
  }

  /// Bytes that no row names were removed.
  ///
  /// @param files how many
  /// @param bytes how much room they took
  record Swept(int files, long bytes) implements StorageEvent {
    @Override
    public String describe() {
      return "storage: removed %d files without a row, %d bytes".formatted(files, bytes);
    }
  }

  /// A sweep could not be done; the next one will try again.
  record SweepFailed(String cause) implements StorageEvent {
    @Override
    public String describe() {
      return "storage: a sweep failed: " + cause;
    }
  }

  /// All bytes of one place are in the other.
  ///
  /// @param place `bucket` or `disk`
  record Moved(String place, long files, long bytes) implements StorageEvent {
    @Override
    public String describe() {
      return "storage: moved %d files to the %s, %d bytes".formatted(files, place, bytes);
    }
  }

  /// A move of bytes stopped before its end.
  record MoveFailed(String cause) implements StorageEvent {
    @Override
    public String describe() {
      return "storage: the move of bytes stopped: " + cause;
    }
  }
}
