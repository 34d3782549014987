package dev.freehold.backend.supabase.rest;

import dev.freehold.telemetry.Event;
import java.time.Duration;

/// What a REST server states.
public sealed interface RestEvent extends Event {
  /// The catalogs were read.
  record SchemaLoaded(int relations, Duration took) implements RestEvent {}

  /// The catalogs could not be read; requests are answered 503 until they can.
  record SchemaNotLoaded(String why) implements RestEvent {}

  /// A request ended in a fault of ours.
  record Fault(String request, String what) implements RestEvent {}
}
