package dev.freehold.backend.supabase.realtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a client asks for when it joins (reference 7.2).
///
/// @param token the User's token, empty when the socket's own is meant
/// @param ack whether each broadcast is answered
/// @param self whether the client hears its own broadcasts
/// @param announceReady whether it wants to hear that broadcasts of the database come
/// @param replay older messages wanted
/// @param presence whether it takes part in presence from the start
/// @param presenceKey under which it is shown
/// @param changes the entries of `postgres_changes`, as sent
/// @param waitMs how long the answer to the join may wait for the subscription to changes, 0 for
///   not at all
record JoinConfig(
    String token,
    boolean ack,
    boolean self,
    boolean announceReady,
    Optional<Replay> replay,
    boolean presence,
    String presenceKey,
    boolean isPrivate,
    List<JsonNode> changes,
    long waitMs) {
  static final int MAX_BINDINGS = 100;

  private static final long DEFAULT_WAIT_MS = 15_000;
  private static final long LONGEST_WAIT_MS = 20_000;
  private static final int DEFAULT_REPLAY = 25;

  /// Messages since a moment.
  ///
  /// @param valid whether both values are whole numbers
  record Replay(long sinceMs, int limit, boolean valid) {}

  static JoinConfig of(Push join) {
    return of(
        join.payload() instanceof Push.Payload.Json(var payload)
            ? payload
            : JsonMapper.shared().createObjectNode());
  }

  private static JoinConfig of(JsonNode payload) {
    var config = payload.path("config");
    var broadcast = config.path("broadcast");
    var presence = config.path("presence");
    return new JoinConfig(
        token(payload),
        flag(broadcast.path("ack")),
        flag(broadcast.path("self")),
        flag(broadcast.path("replication_ready")),
        replay(broadcast),
        takesPart(presence),
        key(presence.path("key")),
        flag(config.path("private")),
        changes(config.path("postgres_changes")),
        wait(config.path("postgres_changes_options")));
  }

  private static String token(JsonNode payload) {
    var token = payload.path("access_token");
    if (!token.isString()) {
      token = payload.path("user_token");
    }
    return token.isString() ? token.asString().replaceAll("\\s", "") : "";
  }

  /// Booleans come as text from some clients.
  private static boolean flag(JsonNode node) {
    return node.isBoolean()
        ? node.asBoolean()
        : node.isString() && node.asString().toLowerCase(Locale.ROOT).equals("true");
  }

  /// Older clients do not say whether, and wait for the state all the same.
  private static boolean takesPart(JsonNode presence) {
    return presence.isObject() && (!presence.has("enabled") || flag(presence.path("enabled")));
  }

  private static String key(JsonNode node) {
    var key = node.isString() ? node.asString() : node.isNumber() ? node.toString() : "";
    return key.isEmpty() ? UUID.randomUUID().toString() : key;
  }

  private static Optional<Replay> replay(JsonNode broadcast) {
    var replay = broadcast.path("replay");
    if (!broadcast.has("replay")) {
      return Optional.empty();
    }
    var since = replay.path("since");
    var limit = replay.path("limit");
    boolean valid =
        since.isIntegralNumber()
            && since.canConvertToLong()
            && (limit.isMissingNode() || limit.isNull() || limit.canConvertToInt());
    return Optional.of(
        valid
            ? new Replay(since.asLong(), limit.asInt(DEFAULT_REPLAY), true)
            : new Replay(0, 0, false));
  }

  private static List<JsonNode> changes(JsonNode entries) {
    var list = new ArrayList<JsonNode>();
    for (var entry : entries) {
      if (entry.isObject()) {
        list.add(entry);
      }
    }
    return list;
  }

  private static long wait(JsonNode options) {
    return flag(options.path("wait"))
        ? Math.clamp(options.path("timeout").asLong(DEFAULT_WAIT_MS), 1, LONGEST_WAIT_MS)
        : 0;
  }
}
