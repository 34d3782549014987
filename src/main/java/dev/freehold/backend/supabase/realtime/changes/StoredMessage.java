package dev.freehold.backend.supabase.realtime.changes;

/// A row of `realtime.messages`: what the database broadcasts.
///
/// @param id the row's, a UUID
/// @param json whether the payload is JSON text rather than bytes
/// @param payload UTF-8 when it is JSON
@SuppressWarnings("ArrayRecordComponent")
public record StoredMessage(
    String id, String topic, String event, boolean isPrivate, boolean json, byte[] payload) {
  /// Rough size in memory, in bytes.
  public long bytes() {
    return 128L + payload.length + topic.length() + event.length();
  }
}
