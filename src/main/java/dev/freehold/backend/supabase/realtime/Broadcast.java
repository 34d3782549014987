package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.supabase.realtime.changes.StoredMessage;
import dev.freehold.http.Frame;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A message to everyone in a channel, encoded at most once for each version of the protocol. It is
/// handed to each event loop once; the last one frees the frames.
final class Broadcast {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String EVENT = "broadcast";

  private final String topic;
  private final Content content;
  private final String id;
  private final AtomicInteger holders;
  private final Map<Version, Optional<Frame>> frames = new EnumMap<>(Version.class);

  private sealed interface Content {
    /// As an object `{type, event, payload}`.
    @SuppressWarnings("ArrayRecordComponent")
    record Whole(String event, byte[] json) implements Content {}

    /// As the app's event and its payload.
    ///
    /// @param metadata one JSON object, empty for none
    @SuppressWarnings("ArrayRecordComponent")
    record Parts(String event, String metadata, boolean json, byte[] payload) implements Content {}
  }

  /// @param topic with its prefix, as clients joined it
  /// @param id by which a message that was replayed is not sent twice, empty for none
  private Broadcast(String topic, Content content, String id, int holders) {
    this.topic = topic;
    this.content = content;
    this.id = id;
    this.holders = new AtomicInteger(holders);
  }

  /// What a client sent as JSON.
  static Broadcast whole(String topic, JsonNode payload, int holders) {
    return event(topic, EVENT, PhoenixWriter.utf8(payload.toString()), holders);
  }

  /// Anything else that goes to a whole channel.
  ///
  /// @param json UTF-8
  static Broadcast event(String topic, String event, byte[] json, int holders) {
    return new Broadcast(topic, new Content.Whole(event, json), "", holders);
  }

  /// What a client sent in binary form, or a request to the API.
  static Broadcast parts(String topic, Push.Payload.Broadcast sent, int holders) {
    return new Broadcast(
        topic, new Content.Parts(sent.event(), "", sent.json(), sent.payload()), "", holders);
  }

  /// What the database sent.
  static Broadcast stored(String topic, StoredMessage message, int holders) {
    var metadata = PhoenixWriter.json(Map.of("id", message.id()));
    var content = new Content.Parts(message.event(), metadata, message.json(), message.payload());
    return new Broadcast(topic, content, message.id(), holders);
  }

  /// The same once more, for one who missed it.
  static Broadcast replayed(String topic, StoredMessage message) {
    var metadata = "{\"id\":" + PhoenixWriter.json(message.id()) + ",\"replayed\":true}";
    var content = new Content.Parts(message.event(), metadata, message.json(), message.payload());
    return new Broadcast(topic, content, message.id(), 1);
  }

  String id() {
    return id;
  }

  /// The frame for clients of a version; null when the message cannot be told in it.
  synchronized @Nullable Frame frame(Version version) {
    return frames.computeIfAbsent(version, v -> Optional.ofNullable(encode(v))).orElse(null);
  }

  private @Nullable Frame encode(Version version) {
    return switch (content) {
      case Content.Whole(var event, var json) -> text(version, event, json);
      case Content.Parts parts when version == Version.V2 && fits(parts) ->
          PhoenixWriter.broadcast(
              PhoenixWriter.utf8(topic),
              PhoenixWriter.utf8(parts.event()),
              PhoenixWriter.utf8(parts.metadata()),
              parts.json(),
              parts.payload());
      case Content.Parts parts -> asText(version, parts);
    };
  }

  private boolean fits(Content.Parts parts) {
    return PhoenixWriter.utf8(topic).length <= PhoenixWriter.MAX_FIELD_BYTES
        && PhoenixWriter.utf8(parts.event()).length <= PhoenixWriter.MAX_FIELD_BYTES
        && PhoenixWriter.utf8(parts.metadata()).length <= PhoenixWriter.MAX_FIELD_BYTES;
  }

  /// Bytes cannot be told in JSON. A payload that claims to be JSON is looked into here, where it
  /// becomes part of ours.
  private @Nullable Frame asText(Version version, Content.Parts parts) {
    if (!parts.json()) {
      return null;
    }
    var object = JSON.createObjectNode();
    try {
      object.set("payload", JSON.readTree(parts.payload()));
      if (!parts.metadata().isEmpty()) {
        object.set("meta", JSON.readTree(parts.metadata()));
      }
    } catch (JacksonException e) {
      return null;
    }
    object.put("event", parts.event()).put("type", EVENT);
    return text(version, EVENT, PhoenixWriter.utf8(object.toString()));
  }

  private Frame text(Version version, String event, byte[] json) {
    return PhoenixWriter.message(version, Push.NO_REF, Push.NO_REF, topic, event, json);
  }

  /// One holder less.
  void done() {
    if (holders.decrementAndGet() > 0) {
      return;
    }
    synchronized (this) {
      frames.values().forEach(frame -> frame.ifPresent(Frame::close));
    }
  }
}
