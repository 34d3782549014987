package dev.freehold.telemetry;

/// Where a room states its facts. Never blocks and never throws: a reader that is slow or broken
/// harms nobody.
@FunctionalInterface
public interface Events {
  Events NONE = event -> {};

  void publish(Event event);
}
