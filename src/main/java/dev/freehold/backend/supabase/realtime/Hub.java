package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.supabase.realtime.changes.Changes;
import dev.freehold.backend.supabase.realtime.changes.Delivery;
import dev.freehold.backend.supabase.realtime.changes.Outlet;
import dev.freehold.backend.supabase.realtime.changes.StoredMessage;
import dev.freehold.telemetry.Events;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Where everything of one Environment meets: the event loops with their sockets, who is present,
/// and what comes out of the database.
final class Hub implements Outlet {
  static final String PREFIX = "realtime:";

  private final RealtimeLimits limits;
  private final Tokens tokens;
  private final Authorization authorization;
  private final StoredMessages messages;
  private final Events events;
  private final Pace pace = new Pace();
  private final Map<Executor, Shard> shards = new ConcurrentHashMap<>();
  private final Map<String, Presence> presences = new ConcurrentHashMap<>();
  private final AtomicInteger sockets = new AtomicInteger();
  private volatile @Nullable Changes changes;

  Hub(
      RealtimeLimits limits,
      Tokens tokens,
      Authorization authorization,
      StoredMessages messages,
      Events events) {
    this.limits = limits;
    this.tokens = tokens;
    this.authorization = authorization;
    this.messages = messages;
    this.events = events;
  }

  void connect(Changes stream) {
    changes = stream;
  }

  Changes changes() {
    var stream = changes;
    if (stream == null) {
      throw new IllegalStateException("not connected yet");
    }
    return stream;
  }

  RealtimeLimits limits() {
    return limits;
  }

  Tokens tokens() {
    return tokens;
  }

  Authorization authorization() {
    return authorization;
  }

  StoredMessages messages() {
    return messages;
  }

  Events events() {
    return events;
  }

  /// A private channel and a public one of the same name have nothing in common.
  static String key(String name, boolean isPrivate) {
    return (isPrivate ? "private:" : "public:") + name;
  }

  int sockets() {
    return sockets.get();
  }

  /// Counts a socket in. Those that open at the same moment may become a few more than the limit.
  void enter() {
    sockets.incrementAndGet();
  }

  void leave() {
    sockets.decrementAndGet();
  }

  Shard shard(Executor loop) {
    return shards.computeIfAbsent(loop, Shard::new);
  }

  /// Tells everyone in a channel, from any thread.
  ///
  /// @param make makes the message for so many event loops
  void tell(String key, Channel.Kind kind, @Nullable Channel except, IntFunction<Broadcast> make) {
    var all = List.copyOf(shards.values());
    if (all.isEmpty()) {
      return;
    }
    var message = make.apply(all.size());
    for (var shard : all) {
      shard
          .loop()
          .execute(() -> {
            try {
              shard.tell(key, message, kind, except);
            } finally {
              message.done();
            }
          });
    }
  }

  /// @return false when the channel holds as much presence as it may
  boolean track(String key, String topic, Channel client, String under, JsonNode payload) {
    var fits = new boolean[1];
    presences.compute(
        key,
        (k, known) -> {
          var presence = known == null ? new Presence() : known;
          fits[0] = presence.track(client, under, payload, diff(key, topic));
          return presence.isEmpty() ? null : presence;
        });
    return fits[0];
  }

  void untrack(String key, String topic, Channel client, String under) {
    presences.computeIfPresent(
        key,
        (k, presence) -> {
          presence.untrack(client, under, diff(key, topic));
          return presence.isEmpty() ? null : presence;
        });
  }

  private Presence.Listener diff(String key, String topic) {
    return json ->
        tell(
            key,
            Channel.Kind.PRESENCE,
            null,
            holders -> Broadcast.event(topic, "presence_diff", json, holders));
  }

  /// Tells who is present. In order with the differences.
  void state(String key, Presence.Listener listener) {
    presences.compute(
        key,
        (k, known) -> {
          (known == null ? new Presence() : known).state(listener);
          return known;
        });
  }

  @Override
  public void sent(StoredMessage message) {
    if (message.bytes() > limits.payloadBytes()) {
      events.publish(
          new RealtimeEvent.LimitBroken(message.topic(), "a message of the database is too large"));
      return;
    }
    var topic = PREFIX + message.topic();
    tell(
        key(message.topic(), message.isPrivate()),
        Channel.Kind.BROADCAST,
        null,
        holders -> Broadcast.stored(topic, message, holders));
  }

  @Override
  public void changes(List<Delivery> deliveries) {
    var byLoop = new HashMap<Shard, List<Delivery>>();
    for (var delivery : deliveries) {
      var channel = (Channel) delivery.to().owner();
      byLoop.computeIfAbsent(channel.shard(), shard -> new ArrayList<>()).add(delivery);
    }
    pace.await();
    byLoop.forEach((shard, its) -> {
      pace.begin();
      shard.loop().execute(() -> send(its));
    });
  }

  private void send(List<Delivery> deliveries) {
    Set<Channel> told = Set.of();
    try {
      told = ChangeFrames.send(deliveries);
    } finally {
      pace.end(told);
    }
  }

  @Override
  public CompletableFuture<Void> written() {
    return CompletableFuture.allOf(
        shards.values().stream().map(Hub::written).toArray(CompletableFuture<?>[]::new));
  }

  /// What a socket is sent in one turn of its loop leaves in the next.
  private static CompletableFuture<Void> written(Shard shard) {
    var done = new CompletableFuture<Void>();
    shard.loop().execute(() -> shard.loop().execute(() -> done.complete(null)));
    return done;
  }

  @Override
  public void skipped(String why) {
    for (var shard : shards.values()) {
      shard.loop().execute(() -> shard.skipped(why));
    }
  }

  void step(long nanos, long seconds) {
    for (var shard : shards.values()) {
      shard.loop().execute(() -> shard.step(nanos, seconds));
    }
  }

  void closeAll(int code, String reason) {
    for (var shard : shards.values()) {
      shard.loop().execute(() -> shard.closeAll(code, reason));
    }
  }
}
