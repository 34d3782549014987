package dev.freehold.backend.supabase.realtime;

import java.time.Duration;

/// What one Environment's Realtime puts up with. Hosted projects have smaller numbers, by plan;
/// these protect the machine and one client from another.
///
/// @param sockets open sockets at once, 429 above
/// @param channelsPerSocket channels of one socket at once
/// @param joinsPerSecond joins of one socket, on average
/// @param messagesPerSecond messages of one client into one channel, on average; the channel is
///   closed above
/// @param presencePerWindow presence messages of one client into one channel within
///   `presenceWindow`
/// @param payloadBytes the largest broadcast
/// @param presenceBytes the largest presence payload
/// @param pendingBytes what a client may leave unread before its socket is cut
/// @param silence how long a socket may say nothing; clients send a heartbeat every 25 s
public record RealtimeLimits(
    int sockets,
    int channelsPerSocket,
    int joinsPerSecond,
    int messagesPerSecond,
    int presencePerWindow,
    Duration presenceWindow,
    int payloadBytes,
    int presenceBytes,
    int pendingBytes,
    Duration silence) {
  public static final RealtimeLimits DEFAULT =
      new RealtimeLimits(
          20_000,
          100,
          100,
          100,
          100,
          Duration.ofSeconds(30),
          3_000_000,
          64_000,
          4 << 20,
          Duration.ofSeconds(75));
}
