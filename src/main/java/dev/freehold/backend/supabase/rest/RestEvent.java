package dev.freehold.backend.supabase.rest;

import dev.freehold.postgres.PostgresException;
import dev.freehold.telemetry.Event;
import java.time.Duration;

/// What a REST server states.
public sealed interface RestEvent extends Event {
  /// The catalogs were read.
  record SchemaLoaded(int relations, Duration took) implements RestEvent {
    @Override
    public String describe() {
      return "schema cache loaded, " + relations + " relations, in " + took.toMillis() + " ms";
    }
  }

  /// The catalogs could not be read; requests are answered 503 until they can.
  record SchemaNotLoaded(String why) implements RestEvent {
    @Override
    public String describe() {
      return "the schema cache could not be loaded: " + why;
    }
  }

  /// A request found no free connection in time.
  record PoolTimeout(String request) implements RestEvent {
    @Override
    public String describe() {
      return request + " waited in vain for a connection";
    }
  }

  /// The database failed a request.
  record DatabaseFault(String request, String code, String message) implements RestEvent {
    DatabaseFault(String request, String code, PostgresException why) {
      this(request, code, String.valueOf(why.getMessage()));
    }

    @Override
    public String describe() {
      return request + " failed in the database: " + code + ", " + message;
    }
  }

  /// A request ended in a fault of ours.
  record Fault(String request, String what) implements RestEvent {
    @Override
    public String describe() {
      return request + " failed: " + what;
    }
  }
}
