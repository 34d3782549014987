package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Request;

/// From where a User signs in, as a session remembers it.
///
/// @param address an IP address, empty when the connection has none
record Device(String userAgent, String address) {
  /// Longer ones are cut: nothing reads further.
  private static final int MAX_USER_AGENT = 512;

  static Device of(Request request) {
    var agent = request.header("User-Agent").orElse("").replace("\0", "");
    var address = request.remote();
    return new Device(
        agent.substring(0, Math.min(agent.length(), MAX_USER_AGENT)),
        address.matches("[0-9a-fA-F.:]{2,45}") ? address : "");
  }
}
