package dev.freehold.telemetry;

/// A fact stated by a room. Log, metrics and journal are readers of events; a room never formats a
/// log line of its own.
public interface Event {
  /// One line for a person, without secrets.
  default String describe() {
    return toString();
  }
}
