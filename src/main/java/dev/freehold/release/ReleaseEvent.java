package dev.freehold.release;

import dev.freehold.telemetry.Event;

/// What happens to Releases.
public sealed interface ReleaseEvent extends Event {
  record Appended(Release release) implements ReleaseEvent {}

  record Activated(Activation activation) implements ReleaseEvent {}
}
