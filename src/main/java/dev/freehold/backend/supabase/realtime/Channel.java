package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.realtime.changes.StoredMessage;
import dev.freehold.http.Frame;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A client in a topic (reference 7.2). Everything of it happens on its socket's event loop; what
/// may wait happens beside it, and messages that come meanwhile wait in their order.
final class Channel {
  /// Messages that may wait for a decision.
  private static final int MAX_WAITING = 200;

  /// What a message to everyone in a channel is, for those who may not hear all of it.
  enum Kind {
    BROADCAST,
    PRESENCE
  }

  private enum State {
    JOINING,
    JOINED,
    GONE
  }

  private final Socket socket;
  private final Hub hub;
  private final String topic;
  private final String name;
  private final String joinRef;
  private final String key;
  private final boolean isPrivate;
  private final boolean ack;
  private final boolean self;
  private final Bucket rate;
  private State state = State.JOINING;
  private boolean busy;
  private @Nullable Deque<Push> waiting;
  private Policies policies = Policies.UNASKED;
  private Session session;
  private long expires;
  private @Nullable ChannelPresence presence;
  private @Nullable ChannelChanges changes;
  private Set<String> replayed = Set.of();

  Channel(Socket socket, Push join, JoinConfig config) {
    this.socket = socket;
    this.hub = socket.hub();
    this.topic = join.topic();
    this.name = topic.substring(Hub.PREFIX.length());
    this.joinRef = join.joinRef();
    this.isPrivate = config.isPrivate();
    this.key = Hub.key(name, isPrivate);
    this.ack = config.ack();
    this.self = config.self();
    this.session = socket.tenant().session();
    this.rate =
        new Bucket(
            10 * hub.limits().messagesPerSecond(), Duration.ofSeconds(10), System.nanoTime());
  }

  Socket socket() {
    return socket;
  }

  Shard shard() {
    return socket.shard();
  }

  Version version() {
    return socket.version();
  }

  String topic() {
    return topic;
  }

  String name() {
    return name;
  }

  String key() {
    return key;
  }

  Session session() {
    return session;
  }

  /// Whether a message is for this join and not for an earlier one of the same topic.
  boolean isMeant(Push push) {
    return push.joinRef().equals(Push.NO_REF) || push.joinRef().equals(joinRef);
  }

  boolean isJoined() {
    return state == State.JOINED;
  }

  void start(Push join, JoinConfig config) {
    aside(
        () -> admission().join(config, socket.tenant()),
        decision -> {
          switch (decision) {
            case Admission.Decision.Admitted admitted -> admitted(join, config, admitted);
            case Admission.Decision.Refused(var reason, var _) -> refuse(join, reason);
          }
        });
  }

  private Admission admission() {
    return new Admission(hub, name, isPrivate, socket.headers());
  }

  void refuse(Push join, String reason) {
    socket.reply(join, "error", "{\"reason\":" + PhoenixWriter.json(reason) + "}");
    end();
  }

  private void admitted(Push join, JoinConfig config, Admission.Decision.Admitted admitted) {
    state = State.JOINED;
    session = admitted.session();
    expires = admitted.expires();
    policies = admitted.policies();
    shard().enter(key, this);
    hub.changes().open();
    presence = new ChannelPresence(this, config.presenceKey());
    var wanted = ChannelChanges.of(this, config);
    changes = wanted;
    if (config.waitMs() > 0 && wanted.isWanted()) {
      wanted.answerWhenReady(join, config.waitMs());
      return;
    }
    socket.reply(join, "ok", wanted.response());
    replay(admitted.replay());
    if (config.announceReady()) {
      wanted.announceReady();
    }
    if (config.presence()) {
      presence.tellState();
    }
    wanted.begin();
  }

  private void replay(List<StoredMessage> messages) {
    if (messages.isEmpty()) {
      return;
    }
    replayed = new HashSet<>();
    for (var message : messages) {
      replayed.add(message.id());
      var again = Broadcast.replayed(topic, message);
      var frame = again.frame(version());
      if (frame != null) {
        socket.send(frame);
      }
      again.done();
    }
  }

  /// Takes a message of the client.
  void take(Push push) {
    if (push.event().equals("phx_leave")) {
      socket.reply(push, "ok", "{}");
      close();
      return;
    }
    if (!busy) {
      handle(push);
      return;
    }
    var queue = waiting;
    if (queue == null) {
      queue = new ArrayDeque<>();
      waiting = queue;
    }
    queue.add(push);
    if (queue.size() > MAX_WAITING) {
      shutDown("Too many messages per second");
    }
  }

  private void handle(Push push) {
    switch (push.event()) {
      case "access_token" -> renew(push);
      case "presence" -> presence(push);
      case "broadcast" -> broadcast(push);
      default -> withinRate();
    }
  }

  private boolean withinRate() {
    boolean within = rate.take(System.nanoTime());
    if (!within) {
      broken("Too many messages per second");
    }
    return within;
  }

  /// Closes a channel whose client broke a limit.
  void broken(String limit) {
    hub.events().publish(new RealtimeEvent.LimitBroken(topic, limit));
    shutDown(limit);
  }

  private void broadcast(Push push) {
    if (!withinRate()) {
      return;
    }
    if (policies.broadcastWrite() == Policies.Grant.UNASKED) {
      askToWrite(() -> send(push));
    } else {
      send(push);
    }
  }

  /// Asks what the client may write, and goes on if that could be asked.
  void askToWrite(Runnable then) {
    var before = policies;
    aside(
        () -> admission().writing(before, session),
        asked -> {
          policies = asked;
          then.run();
        });
  }

  Policies policies() {
    return policies;
  }

  private void send(Push push) {
    if (!policies.broadcastWrite().isGiven()) {
      return;
    }
    boolean sent =
        switch (push.payload()) {
          case Push.Payload.Broadcast binary when fits(binary.payload().length) -> {
            tell(holders -> Broadcast.parts(topic, binary, holders));
            yield true;
          }
          case Push.Payload.Json(var payload) when payload.isObject() && fits(payload) -> {
            tell(holders -> Broadcast.whole(topic, payload, holders));
            yield true;
          }
          default -> false;
        };
    if (ack) {
      socket.reply(
          push, sent ? "ok" : "error", sent ? "{}" : "{\"reason\":\"payload_size_exceeded\"}");
    }
  }

  private boolean fits(JsonNode payload) {
    return fits(payload.toString().length());
  }

  private boolean fits(int bytes) {
    return bytes <= hub.limits().payloadBytes();
  }

  private void tell(IntFunction<Broadcast> make) {
    hub.tell(key, Kind.BROADCAST, self ? null : this, make);
  }

  private void presence(Push push) {
    var its = presence;
    if (its != null) {
      its.take(push);
    }
  }

  /// Hears what is told to everyone here.
  void hear(Broadcast message, Kind kind) {
    var grant =
        switch (kind) {
          case BROADCAST -> policies.broadcastRead();
          case PRESENCE -> policies.presenceRead();
        };
    if (!grant.isGiven() || replayed.contains(message.id())) {
      return;
    }
    var frame = message.frame(version());
    if (frame != null) {
      socket.send(frame);
    }
  }

  /// Hears of a change.
  void hear(Frame frame) {
    if (isJoined()) {
      socket.send(frame);
    }
  }

  void skipped(String why) {
    if (changes != null && changes.isWanted()) {
      system("postgres_changes", "error", "Some changes were skipped: " + why);
    }
  }

  private void renew(Push push) {
    if (!(push.payload() instanceof Push.Payload.Json(var payload))) {
      return;
    }
    var token = payload.path("access_token").asString("").replaceAll("\\s", "");
    if (token.isEmpty() || hub.tokens().isKeyAlone(token)) {
      return;
    }
    var before = policies;
    boolean withPresence = before.presenceRead() != Policies.Grant.UNASKED;
    aside(
        () -> admission().renew(token, before, withPresence),
        decision -> {
          switch (decision) {
            case Admission.Decision.Admitted admitted -> renewed(admitted);
            case Admission.Decision.Refused(var _, var message) -> shutDown(message);
          }
        });
  }

  private void renewed(Admission.Decision.Admitted admitted) {
    boolean same = admitted.session().claimsJson().equals(session.claimsJson());
    expires = admitted.expires();
    if (same) {
      return;
    }
    session = admitted.session();
    policies = admitted.policies();
    if (changes != null) {
      changes.renew(session);
    }
  }

  /// Does work beside the event loop; what the client sends meanwhile waits.
  private <T> void aside(Supplier<T> work, Consumer<T> then) {
    busy = true;
    socket.aside(
        work,
        result -> {
          busy = false;
          if (state != State.GONE) {
            then.accept(result);
          }
          var queue = waiting;
          while (queue != null && !busy && state != State.GONE && !queue.isEmpty()) {
            handle(queue.remove());
          }
        });
  }

  void step(long seconds) {
    if (isJoined() && seconds >= expires) {
      shutDown(Tokens.expired(seconds - expires));
    }
  }

  /// Says why, then closes.
  void shutDown(String message) {
    system("system", "error", message);
    close();
  }

  void system(String extension, String status, String message) {
    push(
        "system",
        "{\"message\":%s,\"status\":\"%s\",\"extension\":\"%s\",\"channel\":%s}"
            .formatted(PhoenixWriter.json(message), status, extension, PhoenixWriter.json(name)));
  }

  /// @param payload JSON
  void push(String event, String payload) {
    send(Push.NO_REF, event, payload);
  }

  private void send(String ref, String event, String payload) {
    if (state == State.GONE) {
      return;
    }
    try (var frame =
        PhoenixWriter.message(version(), joinRef, ref, topic, event, PhoenixWriter.utf8(payload))) {
      socket.send(frame);
    }
  }

  /// Ends the channel and tells the client.
  void close() {
    send(joinRef, "phx_close", "{}");
    end();
  }

  /// Ends the channel.
  void end() {
    boolean joined = isJoined();
    state = State.GONE;
    waiting = null;
    socket.forget(this);
    if (!joined) {
      return;
    }
    shard().leave(key, this);
    if (presence != null) {
      presence.end();
    }
    if (changes != null) {
      changes.end();
    }
    hub.changes().shut();
  }
}
