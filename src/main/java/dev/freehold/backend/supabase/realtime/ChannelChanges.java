package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.realtime.changes.Binding;
import dev.freehold.backend.supabase.realtime.changes.Changes.Outcome;
import dev.freehold.backend.supabase.realtime.changes.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A channel's part in the changes of the database: what its join asked for, and how that stands.
final class ChannelChanges {
  /// How long a subscription that cannot be had now waits before it is tried again.
  private static final long RETRY_MS = 5_000;

  private static final String EXTENSION = "postgres_changes";
  private static final String SUBSCRIBED = "Subscribed to PostgreSQL";

  /// Ids are positive and fit everywhere.
  private static final int MAX_ID = 0x7ffffff;

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Channel channel;
  private final Hub hub;
  private final String response;
  private final List<Binding> bindings;
  private final String malformed;
  private @Nullable Subscription subscription;
  private boolean ended;

  private ChannelChanges(
      Channel channel, String response, List<Binding> bindings, String malformed) {
    this.channel = channel;
    this.hub = channel.socket().hub();
    this.response = response;
    this.bindings = bindings;
    this.malformed = malformed;
  }

  static ChannelChanges of(Channel channel, JoinConfig config) {
    var answers = JSON.createObjectNode();
    var list = answers.putArray("postgres_changes");
    var bindings = new ArrayList<Binding>();
    var malformed = "";
    if (config.changes().size() > JoinConfig.MAX_BINDINGS) {
      malformed = "Too many bindings in one channel. Maximum " + JoinConfig.MAX_BINDINGS;
    }
    Map<Integer, JsonNode> ids = new HashMap<>();
    for (var entry : config.changes()) {
      int id = id(entry, ids);
      list.add(((ObjectNode) entry.deepCopy()).put("id", id));
      try {
        bindings.add(Binding.parse(id, entry));
      } catch (Binding.Malformed e) {
        malformed = String.valueOf(e.getMessage());
      }
    }
    return new ChannelChanges(channel, answers.toString(), List.copyOf(bindings), malformed);
  }

  /// The same entry has the same id in every channel, so that channels can share frames; two
  /// entries of one channel never have.
  private static int id(JsonNode entry, Map<Integer, JsonNode> taken) {
    int id = entry.toString().hashCode() & MAX_ID;
    while (id == 0 || (taken.containsKey(id) && !entry.equals(taken.get(id)))) {
      id = (id + 1) & MAX_ID;
    }
    taken.put(id, entry);
    return id;
  }

  /// What the join's answer says.
  String response() {
    return response;
  }

  boolean isWanted() {
    return !bindings.isEmpty() || !malformed.isEmpty();
  }

  /// Subscribes, and says how that went.
  void begin() {
    if (isWanted()) {
      subscribe(this::say);
    }
  }

  /// Subscribes before the join is answered.
  void answerWhenReady(Push join, long patienceMs) {
    var answered = new boolean[1];
    channel
        .socket()
        .aside(
            () -> sleep(patienceMs),
            woken -> {
              if (!answered[0] && !ended) {
                answered[0] = true;
                channel.refuse(
                    join,
                    "PostgresChangesSubscribeTimeout: changes were not ready within the time"
                        + " given");
              }
            });
    subscribe(outcome -> {
      if (answered[0]) {
        return;
      }
      answered[0] = true;
      switch (outcome) {
        case Outcome.Subscribed _ -> {
          channel.socket().reply(join, "ok", response);
          say(outcome);
        }
        case Outcome.Refused(var message) ->
            channel.refuse(join, "RealtimeDisabledForConfiguration: " + message);
        case Outcome.Unavailable(var message) ->
            channel.refuse(join, "UnableToSubscribeToPostgres: " + message);
      }
    });
  }

  private void subscribe(Consumer<Outcome> then) {
    if (!malformed.isEmpty()) {
      then.accept(new Outcome.Refused(malformed));
      return;
    }
    var wanted =
        new Subscription(channel, channel.session(), bindings, channel.socket().resuming());
    forget();
    subscription = wanted;
    channel
        .socket()
        .aside(
            () -> hub.changes().subscribe(wanted),
            outcome -> {
              if (!ended) {
                then.accept(outcome);
              }
            });
  }

  private void say(Outcome outcome) {
    switch (outcome) {
      case Outcome.Subscribed(var missed) -> {
        channel.system(EXTENSION, "ok", SUBSCRIBED);
        if (!missed.isEmpty()) {
          channel.skipped(missed);
        }
      }
      case Outcome.Refused(var message) -> channel.system(EXTENSION, "error", message);
      case Outcome.Unavailable(var message) -> {
        channel.system(EXTENSION, "error", message);
        channel
            .socket()
            .aside(
                () -> sleep(RETRY_MS),
                woken -> {
                  if (!ended) {
                    begin();
                  }
                });
      }
    }
  }

  private static boolean sleep(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Says when messages of the database come, to a client that asked to know.
  void announceReady() {
    channel
        .socket()
        .aside(
            () -> hub.changes().ready(),
            missing -> {
              if (ended) {
                return;
              }
              if (missing.isEmpty()) {
                channel.system("system", "ok", "Replication connection established");
              } else {
                channel.shutDown("Replication connection was not established in time");
              }
            });
  }

  /// The same bindings under another session.
  void renew(Session session) {
    var its = subscription;
    if (its == null) {
      return;
    }
    channel
        .socket()
        .aside(
            () -> hub.changes().renew(its, session),
            outcome -> {
              if (!ended) {
                say(outcome);
              }
            });
  }

  void end() {
    ended = true;
    forget();
  }

  private void forget() {
    var its = subscription;
    subscription = null;
    if (its != null) {
      hub.changes().unsubscribe(its);
    }
  }
}
