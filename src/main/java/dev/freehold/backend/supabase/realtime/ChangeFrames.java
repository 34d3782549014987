package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.supabase.realtime.changes.Delivery;
import dev.freehold.http.Frame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Sends changes to the channels of one event loop. Channels of the same topic that are told the
/// same share one frame.
final class ChangeFrames {
  private static final String EVENT = "postgres_changes";

  private ChangeFrames() {}

  /// What makes two frames the same. The text is compared by identity: it is made once for all who
  /// get it.
  private record Key(Version version, String topic, List<Integer> ids, Object data) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && key.data == data
          && key.version == version
          && key.topic.equals(topic)
          && key.ids.equals(ids);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * System.identityHashCode(data) + topic.hashCode()) + ids.hashCode();
    }
  }

  /// @return who was told
  static Set<Channel> send(List<Delivery> deliveries) {
    Set<Channel> told = new HashSet<>();
    Map<Key, Frame> frames = new HashMap<>();
    try {
      for (var delivery : deliveries) {
        var channel = (Channel) delivery.to().owner();
        var key = new Key(channel.version(), channel.topic(), delivery.ids(), delivery.data());
        told.add(channel);
        channel.hear(frames.computeIfAbsent(key, k -> frame(k, delivery)));
      }
    } finally {
      frames.values().forEach(Frame::close);
    }
    return told;
  }

  private static Frame frame(Key key, Delivery delivery) {
    return PhoenixWriter.message(
        key.version(),
        Push.NO_REF,
        Push.NO_REF,
        key.topic(),
        EVENT,
        PhoenixWriter.utf8("{\"ids\":" + PhoenixWriter.json(delivery.ids()) + ",\"data\":"),
        delivery.data(),
        PhoenixWriter.utf8("}"));
  }
}
