package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.supabase.realtime.changes.StoredMessage;
import dev.freehold.postgres.Pool;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The messages that `realtime.messages` keeps: read again for those who ask for a replay, and
/// forgotten after three days.
final class StoredMessages {
  private static final int MOST_REPLAYED = 25;

  private static final String REPLAY =
      """
      select id::text, event, payload::text, binary_payload from realtime.messages
      where topic = ? and private and extension = 'broadcast'
        and inserted_at >= to_timestamp(?::double precision / 1000) at time zone 'utc'
        and inserted_at < (now() at time zone 'utc') + interval '1 minute'
      order by inserted_at desc limit ?
      """;

  private static final String FORGET = "select freehold.forget_realtime_messages()";

  private final Pool pool;

  StoredMessages(Pool pool) {
    this.pool = pool;
  }

  /// The last private messages of a topic, the oldest first.
  List<StoredMessage> replay(String topic, long sinceMs, int limit) {
    return pool.transaction(connection -> {
      try (var role = connection.prepareStatement("set local role service_role");
          var query = connection.prepareStatement(REPLAY)) {
        role.execute();
        query.setString(1, topic);
        query.setLong(2, sinceMs);
        query.setInt(3, Math.clamp(limit, 1, MOST_REPLAYED));
        var found = new ArrayList<StoredMessage>();
        try (var rows = query.executeQuery()) {
          while (rows.next()) {
            found.add(message(topic, rows));
          }
        }
        return found.reversed();
      }
    });
  }

  private static StoredMessage message(String topic, ResultSet row) throws SQLException {
    var json = row.getString(3);
    var event = row.getString(2);
    return new StoredMessage(
        row.getString(1),
        topic,
        event == null ? "" : event,
        true,
        json != null,
        json != null ? json.getBytes(StandardCharsets.UTF_8) : bytes(row));
  }

  private static byte[] bytes(ResultSet row) throws SQLException {
    var bytes = row.getBytes(4);
    return bytes == null ? new byte[0] : bytes;
  }

  /// Deletes what is older than three days.
  ///
  /// @return how many were deleted
  long forget() {
    return pool.with(connection -> {
      try (var query = connection.prepareStatement(FORGET);
          var row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0L;
      }
    });
  }
}
