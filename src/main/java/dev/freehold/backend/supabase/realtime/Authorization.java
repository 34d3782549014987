package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.realtime.Policies.Grant;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.SqlWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/// Asks the policies on `realtime.messages` what a session may do in a private channel: whether it
/// can select a message of that topic, and whether it can insert one. All in transactions that are
/// rolled back.
final class Authorization {
  private static final String BROADCAST = "broadcast";
  private static final String PRESENCE = "presence";
  private static final String DENIED = "42501";

  private static final String BECOME =
      """
      select set_config('role', ?, true), set_config('realtime.topic', ?, true),
        set_config('request.jwt.claims', ?, true), set_config('request.jwt.claim.sub', ?, true),
        set_config('request.jwt.claim.role', ?, true), set_config('request.headers', ?, true),
        set_config('search_path', 'public, extensions', true)
      """;

  private static final String PROBE =
      "insert into realtime.messages (id, topic, extension) values (?::uuid, ?, ?)";

  private static final String SEEN =
      "select id::text from realtime.messages where id in (?::uuid, ?::uuid)";

  private static final String WRITE =
      "insert into realtime.messages (topic, extension) values (?, ?)";

  private final Pool pool;

  /// Who asks, and about which channel.
  ///
  /// @param headers of the request by which the client came, one JSON object
  record Asker(Session session, String topic, String headers) {}

  Authorization(Pool pool) {
    this.pool = pool;
  }

  /// @param presence whether presence is asked about too
  /// @throws dev.freehold.postgres.PostgresException when the database is away or a policy fails
  Policies read(Policies before, Asker asker, boolean presence) {
    return rolledBack(connection -> {
      var broadcastProbe = UUID.randomUUID().toString();
      var presenceProbe = UUID.randomUUID().toString();
      try (var role = connection.prepareStatement("set local role service_role")) {
        role.execute();
      }
      probe(connection, broadcastProbe, asker.topic(), BROADCAST);
      if (presence) {
        probe(connection, presenceProbe, asker.topic(), PRESENCE);
      }
      become(connection, asker);
      Set<String> seen = new HashSet<>();
      try (var query = connection.prepareStatement(SEEN)) {
        query.setString(1, broadcastProbe);
        query.setString(2, presenceProbe);
        try (var rows = query.executeQuery()) {
          while (rows.next()) {
            seen.add(rows.getString(1));
          }
        }
      }
      return before.withRead(
          Grant.of(seen.contains(broadcastProbe)),
          presence ? Grant.of(seen.contains(presenceProbe)) : before.presenceRead());
    });
  }

  /// As [#read], for writing.
  Policies write(Policies before, Asker asker, boolean presence) {
    return rolledBack(connection -> {
      become(connection, asker);
      var broadcast = Grant.of(mayWrite(connection, asker.topic(), BROADCAST));
      return before.withWrite(
          broadcast,
          presence
              ? Grant.of(mayWrite(connection, asker.topic(), PRESENCE))
              : before.presenceWrite());
    });
  }

  private static void probe(Connection connection, String id, String topic, String extension)
      throws SQLException {
    try (var insert = connection.prepareStatement(PROBE)) {
      insert.setString(1, id);
      insert.setString(2, topic);
      insert.setString(3, extension);
      insert.executeUpdate();
    }
  }

  private static void become(Connection connection, Asker asker) throws SQLException {
    try (var settings = connection.prepareStatement(BECOME)) {
      settings.setString(1, asker.session().role());
      settings.setString(2, asker.topic());
      settings.setString(3, asker.session().claimsJson());
      settings.setString(4, asker.session().claim("sub"));
      settings.setString(5, asker.session().role());
      settings.setString(6, asker.headers());
      settings.execute();
    }
  }

  private static boolean mayWrite(Connection connection, String topic, String extension)
      throws SQLException {
    var before = connection.setSavepoint();
    try (var insert = connection.prepareStatement(WRITE)) {
      insert.setString(1, topic);
      insert.setString(2, extension);
      insert.executeUpdate();
      return true;
    } catch (SQLException e) {
      if (!DENIED.equals(e.getSQLState())) {
        throw e;
      }
      return false;
    } finally {
      connection.rollback(before);
    }
  }

  private Policies rolledBack(SqlWork<Policies> work) {
    return pool.with(connection -> {
      connection.setAutoCommit(false);
      try {
        return work.run(connection);
      } finally {
        connection.rollback();
      }
    });
  }
}
