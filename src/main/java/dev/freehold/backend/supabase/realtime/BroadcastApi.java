package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.Session;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.postgres.PostgresException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Broadcasts by HTTP: several in one request, or one by its address (reference 7.3).
final class BroadcastApi {
  /// Messages of all requests in a second, on average.
  private static final int MESSAGES_PER_SECOND = 5_000;

  private static final int MAX_BATCH = 1_000;
  private static final int MAX_BATCH_BYTES = 8_000_000;
  private static final String BATCH = "/api/broadcast";
  private static final String SINGLE = BATCH + "/";
  private static final String EVENTS = "/events/";
  private static final String BLANK = "can't be blank";
  private static final String INVALID = "is invalid";
  private static final JsonMapper JSON = PhoenixReader.JSON;

  private final Hub hub;
  private final Bucket rate =
      new Bucket(MESSAGES_PER_SECOND, Duration.ofSeconds(1), System.nanoTime());

  BroadcastApi(Hub hub) {
    this.hub = hub;
  }

  static boolean takes(String path) {
    return path.equals(BATCH) || (path.startsWith(SINGLE) && path.contains(EVENTS));
  }

  /// @param session whose token came with the request
  Response answer(Request request, Session session) {
    if (!request.method().equals("POST")) {
      return message(405, "Method Not Allowed").with("Allow", "POST");
    }
    return request.path().equals(BATCH) ? batch(request, session) : single(request, session);
  }

  /// One message of a batch.
  private record Message(String topic, String event, JsonNode payload, boolean isPrivate) {}

  private Response batch(Request request, Session session) {
    if (request.body().length > MAX_BATCH_BYTES) {
      return message(413, "Request Entity Too Large");
    }
    JsonNode entries;
    try {
      entries = JSON.readTree(request.body()).path("messages");
    } catch (JacksonException e) {
      return message(400, "Bad Request");
    }
    if (!entries.isArray() || entries.isEmpty()) {
      var wrong = entries.isMissingNode() || entries.isNull() || entries.isArray();
      return errors(Map.of("messages", List.of(wrong ? BLANK : INVALID)));
    }
    if (entries.size() > MAX_BATCH) {
      return message(429, "Too many messages to broadcast, please reduce the batch size");
    }
    var messages = new ArrayList<Message>();
    var problems = new ArrayList<Map<String, List<String>>>();
    for (var entry : entries) {
      var problem = problems(entry);
      problems.add(problem);
      if (problem.isEmpty()) {
        messages.add(
            new Message(
                entry.path("topic").asString(),
                entry.path("event").asString(),
                entry.path("payload"),
                entry.path("private").asBoolean(false)));
      }
    }
    if (messages.size() < problems.size()) {
      return errors(Map.of("messages", problems));
    }
    if (!within(messages.size())) {
      return message(429, "You have exceeded your rate limit");
    }
    var allowed = new HashMap<String, Boolean>();
    for (var message : messages) {
      if (!message.isPrivate()
          || allowed.computeIfAbsent(message.topic(), topic -> mayWrite(topic, session))) {
        send(message);
      }
    }
    return Response.of(202);
  }

  private Map<String, List<String>> problems(JsonNode entry) {
    var problems = new LinkedHashMap<String, List<String>>();
    for (var name : List.of("topic", "event")) {
      var value = entry.path(name);
      if (value.isMissingNode() || value.isNull() || value.asString("x").isBlank()) {
        problems.put(name, List.of(BLANK));
      } else if (!value.isString()) {
        problems.put(name, List.of(INVALID));
      }
    }
    var payload = entry.path("payload");
    if (payload.isMissingNode() || payload.isNull()) {
      problems.put("payload", List.of(BLANK));
    } else if (!payload.isObject()) {
      problems.put("payload", List.of(INVALID));
    } else if (payload.toString().length() > hub.limits().payloadBytes()) {
      problems.put("payload", List.of("Payload size exceeds tenant limit"));
    }
    return problems;
  }

  private void send(Message message) {
    var whole = JSON.createObjectNode();
    whole.put("event", message.event());
    whole.set("payload", message.payload());
    whole.put("type", "broadcast");
    var topic = Hub.PREFIX + message.topic();
    hub.tell(
        Hub.key(message.topic(), message.isPrivate()),
        Channel.Kind.BROADCAST,
        null,
        holders -> Broadcast.whole(topic, whole, holders));
  }

  private Response single(Request request, Session session) {
    var type = request.header("Content-Type").orElse("application/json");
    var media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    boolean json = media.equals("application/json");
    if (!json && !media.equals("application/octet-stream")) {
      return Response.json(
          415,
          "{\"error\":\"Unsupported Media Type. Use application/json or"
              + " application/octet-stream\"}");
    }
    int split = request.path().lastIndexOf(EVENTS);
    var topic =
        decoded(request.path().substring(SINGLE.length(), Math.max(SINGLE.length(), split)));
    var event = decoded(request.path().substring(split + EVENTS.length()));
    if (topic.isBlank() || event.isBlank()) {
      return errors(Map.of(topic.isBlank() ? "topic" : "event", List.of(BLANK)));
    }
    if (request.body().length > hub.limits().payloadBytes()) {
      return errors(Map.of("payload", List.of("Payload size exceeds tenant limit")));
    }
    if (json && !isJson(request.body())) {
      return message(400, "Bad Request");
    }
    if (!within(1)) {
      return message(429, "You have exceeded your rate limit");
    }
    boolean isPrivate = Arrays.asList(request.query().split("&", -1)).contains("private=true");
    if (isPrivate && !mayWrite(topic, session)) {
      return message(403, "Unauthorized");
    }
    var payload = new Push.Payload.Broadcast(event, json, request.body());
    hub.tell(
        Hub.key(topic, isPrivate),
        Channel.Kind.BROADCAST,
        null,
        holders -> Broadcast.parts(Hub.PREFIX + topic, payload, holders));
    return Response.of(202);
  }

  private static boolean isJson(byte[] body) {
    try {
      return !JSON.readTree(body).isMissingNode();
    } catch (JacksonException e) {
      return false;
    }
  }

  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return segment;
    }
  }

  private synchronized boolean within(int messages) {
    long now = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      if (!rate.take(now)) {
        return false;
      }
    }
    return true;
  }

  private boolean mayWrite(String topic, Session session) {
    var asker = new Authorization.Asker(session, topic, "{}");
    try {
      return hub.authorization().write(Policies.UNASKED, asker, false).broadcastWrite().isGiven();
    } catch (PostgresException e) {
      hub.events().publish(new RealtimeEvent.NotAuthorized(topic, e.getMessage()));
      return false;
    }
  }

  private static Response errors(Map<String, ?> errors) {
    return Response.json(422, JSON.writeValueAsString(Map.of("errors", errors)));
  }

  private static Response message(int status, String message) {
    return Response.json(status, JSON.writeValueAsString(Map.of("message", message)));
  }
}
