package dev.freehold.backend.supabase.realtime.changes;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// Rows of `realtime.messages` in the log: what `realtime.send` and its like put there.
final class Messages {
  private static final String BYTES = "\\x";

  private Messages() {}

  /// Whether it is the table, or one of its partitions.
  static boolean isTable(WalMessage.Relation relation) {
    return relation.schema().equals("realtime") && relation.table().startsWith("messages");
  }

  /// The message; empty when it lacks what a broadcast needs.
  static Optional<StoredMessage> read(WalMessage.Relation table, Tuple row) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      var text = row.text(i);
      if (text != null) {
        values.put(table.columns().get(i).name(), text);
      }
    }
    var id = values.get("id");
    var topic = values.get("topic");
    var event = values.get("event");
    var json = values.get("payload");
    var binary = values.get("binary_payload");
    if (id == null || topic == null || event == null) {
      return Optional.empty();
    }
    boolean isPrivate = "t".equals(values.get("private"));
    if (binary != null) {
      return Optional.of(new StoredMessage(id, topic, event, isPrivate, false, bytes(binary)));
    }
    return Optional.ofNullable(json)
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .map(payload -> new StoredMessage(id, topic, event, isPrivate, true, payload));
  }

  private static byte[] bytes(String output) {
    return output.startsWith(BYTES)
        ? HexFormat.of().parseHex(output, BYTES.length(), output.length())
        : output.getBytes(StandardCharsets.UTF_8);
  }
}
