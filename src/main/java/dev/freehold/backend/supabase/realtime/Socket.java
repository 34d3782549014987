package dev.freehold.backend.supabase.realtime;

import dev.freehold.http.Frame;
import dev.freehold.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One client's socket: Phoenix' transport. Everything of it happens on its event loop.
final class Socket implements WebSocket.Receiver {
  private static final int NOT_PHOENIX = 1007;
  private static final int BREAKS_RULES = 1008;
  private static final int TRY_AGAIN_LATER = 1013;
  private static final int GOING_AWAY = 1001;

  /// A client that leaves more unread is waited for before it is told of more changes.
  private static final long BEHIND_BYTES = 1 << 20;

  /// How long a client may hold up changes for all; after that it is cut when it leaves too much.
  private static final Duration HELD_UP = Duration.ofSeconds(5);

  private static final String FIRST_REF = "\"1\"";

  private final Hub hub;
  private final Shard shard;
  private final WebSocket socket;
  private final Version version;
  private final Tokens.Read.Good tenant;
  private final String headers;
  private final String remote;
  private final List<Channel> channels = new ArrayList<>(1);
  private @Nullable Bucket joins;
  private long heardAt = System.nanoTime();
  private boolean spoken;
  private boolean resuming;
  private boolean cut;
  private long behindSince;

  /// @param tenant the token of the API key, in force for channels that bring none of their own
  /// @param headers of the opening request that policies may read, one JSON object
  Socket(
      Hub hub,
      WebSocket socket,
      Version version,
      Tokens.Read.Good tenant,
      String headers,
      String remote) {
    this.hub = hub;
    this.socket = socket;
    this.version = version;
    this.tenant = tenant;
    this.headers = headers;
    this.remote = remote;
    this.shard = hub.shard(socket.loop());
    shard.add(this);
  }

  Hub hub() {
    return hub;
  }

  Shard shard() {
    return shard;
  }

  Version version() {
    return version;
  }

  Tokens.Read.Good tenant() {
    return tenant;
  }

  String headers() {
    return headers;
  }

  /// Whether the client had been connected before: its first ref here was not its first at all. Of
  /// a client's program a page that is loaded anew makes a new one.
  boolean resuming() {
    return resuming;
  }

  @Override
  public void text(byte[] utf8) {
    hear(PhoenixReader.text(version, utf8));
  }

  @Override
  public void binary(byte[] message) {
    hear(version == Version.V2 ? PhoenixReader.binary(message) : Optional.empty());
  }

  private void hear(Optional<Push> push) {
    heardAt = System.nanoTime();
    if (push.isEmpty()) {
      close(NOT_PHOENIX, "not a message of the Phoenix protocol");
      return;
    }
    if (!spoken) {
      spoken = true;
      resuming = !push.get().ref().equals(FIRST_REF);
    }
    hear(push.get());
  }

  private void hear(Push push) {
    if (push.topic().equals("phoenix")) {
      if (push.event().equals("heartbeat")) {
        reply(push, "ok", "{}");
      }
      return;
    }
    var channel = channel(push.topic());
    if (push.event().equals("phx_join")) {
      join(push, channel);
    } else if (channel == null) {
      boolean leaves = push.event().equals("phx_leave");
      reply(push, leaves ? "ok" : "error", leaves ? "{}" : "{\"reason\":\"unmatched topic\"}");
    } else if (channel.isMeant(push)) {
      channel.take(push);
    }
  }

  private @Nullable Channel channel(String topic) {
    for (var channel : channels) {
      if (channel.topic().equals(topic)) {
        return channel;
      }
    }
    return null;
  }

  private void join(Push push, @Nullable Channel before) {
    if (before != null) {
      before.close();
    }
    if (!push.topic().startsWith(Hub.PREFIX)) {
      reply(push, "error", "{\"reason\":\"unmatched topic\"}");
      return;
    }
    if (push.topic().length() == Hub.PREFIX.length()) {
      refuse(push, "TopicNameRequired: You must provide a topic name");
      return;
    }
    if (joins == null) {
      joins = new Bucket(hub.limits().joinsPerSecond(), Duration.ofSeconds(1), System.nanoTime());
    }
    if (!joins.take(System.nanoTime())) {
      refuse(push, "ClientJoinRateLimitReached: Too many joins per second");
      close(BREAKS_RULES, "too many joins per second");
      return;
    }
    if (channels.size() >= hub.limits().channelsPerSocket()) {
      refuse(push, "ChannelRateLimitReached: Too many channels");
      return;
    }
    var config = JoinConfig.of(push);
    var channel = new Channel(this, push, config);
    channels.add(channel);
    channel.start(push, config);
  }

  private void refuse(Push push, String reason) {
    reply(push, "error", "{\"reason\":" + PhoenixWriter.json(reason) + "}");
  }

  void forget(Channel channel) {
    channels.remove(channel);
  }

  /// Answers a message.
  ///
  /// @param response JSON
  void reply(Push push, String status, String response) {
    try (var frame =
        PhoenixWriter.reply(version, push.joinRef(), push.ref(), push.topic(), status, response)) {
      send(frame);
    }
  }

  void send(Frame frame) {
    socket.send(frame);
    if (socket.pendingBytes() > hub.limits().pendingBytes()) {
      cutSlow();
    }
  }

  long pendingBytes() {
    return cut ? 0 : socket.pendingBytes();
  }

  /// Whether it is worth to wait for this client before more is sent: it leaves much unread, and
  /// has not for long.
  boolean holdsUp(long nanos) {
    if (socket.over() || pendingBytes() <= BEHIND_BYTES) {
      behindSince = 0;
      return false;
    }
    if (behindSince == 0) {
      behindSince = nanos;
    }
    return nanos - behindSince < HELD_UP.toNanos();
  }

  /// Gives up on a client that does not read. It gets the reason if it starts to read soon, and
  /// comes back by itself.
  void cutSlow() {
    if (!cut && !socket.over()) {
      cut = true;
      hub.events().publish(new RealtimeEvent.SlowClient(remote, socket.pendingBytes()));
      close(TRY_AGAIN_LATER, "too slow to read what is sent");
    }
  }

  void close(int code, String reason) {
    socket.close(code, reason);
  }

  /// Does what may wait beside the event loop, and goes on here with what came out.
  <T> void aside(Supplier<T> work, Consumer<T> then) {
    Thread.ofVirtual()
        .name("realtime channel")
        .start(() -> {
          var result = work.get();
          shard.loop().execute(() -> then.accept(result));
        });
  }

  void step(long nanos, long seconds) {
    if (nanos - heardAt > hub.limits().silence().toNanos()) {
      close(GOING_AWAY, "nothing was heard for too long");
    }
    for (var channel : List.copyOf(channels)) {
      channel.step(seconds);
    }
  }

  @Override
  public void closed() {
    shard.remove(this);
    hub.leave();
    for (var channel : List.copyOf(channels)) {
      channel.end();
    }
  }
}
