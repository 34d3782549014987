package dev.freehold.backend.supabase.realtime;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The sockets of one event loop, and which of their channels are in which topic. Touched only on
/// that loop: so a message reaches any number of sockets without a lock.
final class Shard {
  /// What all sockets of a loop may leave unread together, in bytes; above, the one that leaves
  /// most is cut.
  private static final long MAX_PENDING_BYTES = 256L << 20;

  private final Executor loop;
  private final Map<String, Set<Channel>> topics = new HashMap<>();
  private final Set<Socket> sockets = new HashSet<>();

  Shard(Executor loop) {
    this.loop = loop;
  }

  Executor loop() {
    return loop;
  }

  void add(Socket socket) {
    sockets.add(socket);
  }

  void remove(Socket socket) {
    sockets.remove(socket);
  }

  void enter(String key, Channel channel) {
    topics.computeIfAbsent(key, k -> new HashSet<>()).add(channel);
  }

  void leave(String key, Channel channel) {
    topics.computeIfPresent(
        key,
        (k, all) -> {
          all.remove(channel);
          return all.isEmpty() ? null : all;
        });
  }

  /// @param except who sent it and does not want it back
  void tell(String key, Broadcast message, Channel.Kind kind, @Nullable Channel except) {
    for (var channel : topics.getOrDefault(key, Set.of())) {
      if (channel != except) {
        channel.hear(message, kind);
      }
    }
  }

  /// Looks after the sockets: silence, expired tokens, unread bytes.
  ///
  /// @param seconds the time, since 1970
  void step(long nanos, long seconds) {
    long pending = 0;
    Socket most = null;
    for (var socket : List.copyOf(sockets)) {
      socket.step(nanos, seconds);
      long its = socket.pendingBytes();
      pending += its;
      if (most == null || its > most.pendingBytes()) {
        most = socket;
      }
    }
    if (most != null && pending > MAX_PENDING_BYTES) {
      most.cutSlow();
    }
  }

  /// Tells those who listen to changes that some were lost.
  void skipped(String why) {
    for (var channels : topics.values()) {
      channels.forEach(channel -> channel.skipped(why));
    }
  }

  void closeAll(int code, String reason) {
    List.copyOf(sockets).forEach(socket -> socket.close(code, reason));
  }
}
