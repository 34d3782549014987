package dev.freehold.backend.supabase.realtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads what clients send, both versions (reference 7.1).
final class PhoenixReader {
  private static final int PUSH = 0;
  private static final int USER_BROADCAST_PUSH = 3;
  private static final int MAX_DEPTH = 64;

  /// Values, names and brackets of one message: as a tree, a message of nothing but empty lists
  /// takes twenty times its bytes.
  private static final int MAX_TOKENS = 200_000;

  private static final int MAX_TOPIC_CHARS = 255;
  private static final String BROADCAST = "broadcast";

  /// For all that clients send.
  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .build())
          .build();

  private PhoenixReader() {}

  /// @return empty when it is no Phoenix message
  static Optional<Push> text(Version version, byte[] utf8) {
    JsonNode root;
    try {
      root = JSON.readTree(utf8);
    } catch (JacksonException e) {
      return Optional.empty();
    }
    return switch (version) {
      case V1 -> root.isObject() ? fromObject(root) : Optional.empty();
      case V2 -> root.isArray() && root.size() >= 5 ? fromArray(root) : Optional.empty();
    };
  }

  private static Optional<Push> fromObject(JsonNode root) {
    return push(
        root.path("join_ref"),
        root.path("ref"),
        root.path("topic"),
        root.path("event"),
        root.path("payload"));
  }

  private static Optional<Push> fromArray(JsonNode root) {
    return push(root.get(0), root.get(1), root.get(2), root.get(3), root.get(4));
  }

  private static Optional<Push> push(
      JsonNode joinRef, JsonNode ref, JsonNode topic, JsonNode event, JsonNode payload) {
    boolean whole =
        topic.isString()
            && event.isString()
            && topic.asString().length() <= MAX_TOPIC_CHARS
            && isRef(joinRef)
            && isRef(ref);
    return whole
        ? Optional.of(
            new Push(
                ref(joinRef),
                ref(ref),
                topic.asString(),
                event.asString(),
                new Push.Payload.Json(payload)))
        : Optional.empty();
  }

  private static boolean isRef(JsonNode node) {
    return node.isMissingNode()
        || node.isNull()
        || node.isNumber()
        || (node.isString() && node.asString().length() <= MAX_TOPIC_CHARS);
  }

  private static String ref(JsonNode node) {
    return node.isMissingNode() ? Push.NO_REF : node.toString();
  }

  /// @return empty when it is neither a push nor a broadcast
  static Optional<Push> binary(byte[] message) {
    var in = ByteBuffer.wrap(message);
    if (in.remaining() < 5) {
      return Optional.empty();
    }
    return switch (in.get()) {
      case PUSH -> binaryPush(in);
      case USER_BROADCAST_PUSH -> userBroadcast(in);
      default -> Optional.empty();
    };
  }

  /// A push whose payload is bytes: nothing that this server knows takes one but a broadcast.
  private static Optional<Push> binaryPush(ByteBuffer in) {
    int[] lengths = lengths(in, 4);
    if (!fits(in, lengths)) {
      return Optional.empty();
    }
    var joinRef = ref(text(in, lengths[0]));
    var ref = ref(text(in, lengths[1]));
    var topic = text(in, lengths[2]);
    var event = text(in, lengths[3]);
    return Optional.of(
        new Push(joinRef, ref, topic, event, new Push.Payload.Broadcast(event, false, rest(in))));
  }

  private static Optional<Push> userBroadcast(ByteBuffer in) {
    if (in.remaining() < 6) {
      return Optional.empty();
    }
    int[] lengths = lengths(in, 5);
    boolean json = in.get() != 0;
    if (!fits(in, lengths)) {
      return Optional.empty();
    }
    var joinRef = ref(text(in, lengths[0]));
    var ref = ref(text(in, lengths[1]));
    var topic = text(in, lengths[2]);
    var event = text(in, lengths[3]);
    in.position(in.position() + lengths[4]); // metadata: nothing of it is used
    return Optional.of(
        new Push(
            joinRef, ref, topic, BROADCAST, new Push.Payload.Broadcast(event, json, rest(in))));
  }

  private static int[] lengths(ByteBuffer in, int count) {
    var lengths = new int[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = Byte.toUnsignedInt(in.get());
    }
    return lengths;
  }

  private static boolean fits(ByteBuffer in, int[] lengths) {
    int sum = 0;
    for (int length : lengths) {
      sum += length;
    }
    return sum <= in.remaining();
  }

  private static String text(ByteBuffer in, int length) {
    var text = new byte[length];
    in.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static String ref(String text) {
    return text.isEmpty() ? Push.NO_REF : JSON.writeValueAsString(text);
  }

  private static byte[] rest(ByteBuffer in) {
    var rest = new byte[in.remaining()];
    in.get(rest);
    return rest;
  }
}
