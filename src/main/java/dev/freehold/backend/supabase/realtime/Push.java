package dev.freehold.backend.supabase.realtime;

import tools.jackson.databind.JsonNode;

/// A message of a client.
///
/// @param joinRef the ref of the join it belongs to, as JSON; `null` when it names none
/// @param ref its own, as JSON; what a reply repeats
record Push(String joinRef, String ref, String topic, String event, Payload payload) {
  static final String NO_REF = "null";

  /// What it carries.
  sealed interface Payload {
    /// Any JSON value.
    record Json(JsonNode value) implements Payload {}

    /// A broadcast in binary form, whose payload is not looked into.
    ///
    /// @param event the app's own name for it
    /// @param json whether the payload is JSON text rather than bytes
    @SuppressWarnings("ArrayRecordComponent")
    record Broadcast(String event, boolean json, byte[] payload) implements Payload {}
  }
}
