package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.backend.Session;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.Quoting;
import dev.freehold.telemetry.Events;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Asks PostgreSQL, as the very role and with the very claims of a session, which rows it may
/// select. Row level security is decided by the server's own policies on the rows as they are now,
/// never guessed here; what cannot be asked counts as invisible.
final class Visibility {
  /// Sessions asked about in one round trip.
  private static final int SESSIONS_A_TRIP = 16;

  private static final String ENTER =
      """
      select set_config('role', ?, true), set_config('request.jwt.claims', ?, true),
        set_config('request.jwt.claim.sub', ?, true),
        set_config('request.jwt.claim.role', ?, true),
        set_config('search_path', 'public, extensions', true)
      """;

  private final Pool pool;
  private final Events events;

  Visibility(Pool pool, Events events) {
    this.pool = pool;
    this.events = events;
  }

  /// A session and the rows it is asked about.
  ///
  /// @param keys the rows' primary keys, in the order of [Table#keys]
  record Question(Session session, List<List<String>> keys) {}

  /// For each question, in order: which of its rows are visible.
  List<BitSet> visible(Table table, List<Question> questions) {
    var found = new ArrayList<BitSet>(questions.size());
    for (int from = 0; from < questions.size(); from += SESSIONS_A_TRIP) {
      var some = questions.subList(from, Math.min(from + SESSIONS_A_TRIP, questions.size()));
      try {
        found.addAll(pool.transaction(connection -> ask(connection, table, some)));
      } catch (PostgresException e) {
        if (Failures.passes(e)) {
          throw e;
        }
        // One session's policies may fail; the others must not suffer for it.
        some.forEach(one -> found.add(alone(table, one)));
      }
    }
    return found;
  }

  private BitSet alone(Table table, Question question) {
    try {
      return pool.transaction(connection -> ask(connection, table, List.of(question))).getFirst();
    } catch (PostgresException e) {
      if (Failures.passes(e)) {
        throw e;
      }
      events.publish(
          new ChangesEvent.NotAsked(
              table.schema() + "." + table.name(), question.session().role(), e.getMessage()));
      return new BitSet();
    }
  }

  /// All statements go out at once and are one transaction; nothing of it outlasts them.
  private static List<BitSet> ask(Connection connection, Table table, List<Question> questions)
      throws SQLException {
    var rows = rows(table);
    var sql = new StringBuilder();
    for (int i = 0; i < questions.size(); i++) {
      sql.append(i == 0 ? "" : ";\n").append(ENTER).append(";\n").append(rows);
    }
    var found = new ArrayList<BitSet>(questions.size());
    try (var statement = connection.prepareStatement(sql.toString())) {
      int place = 1;
      for (var question : questions) {
        place = bind(connection, statement, place, question, table.keys().size());
      }
      statement.execute();
      for (int i = 0; i < questions.size(); i++) {
        statement.getMoreResults();
        var seen = new BitSet();
        try (var answer = statement.getResultSet()) {
          while (answer.next()) {
            seen.set((int) answer.getLong(1) - 1);
          }
        }
        found.add(seen);
        statement.getMoreResults();
      }
    }
    return found;
  }

  private static String rows(Table table) {
    var names = new StringBuilder();
    var places = new StringBuilder();
    var same = new StringBuilder();
    var keys = table.keys();
    for (int i = 0; i < keys.size(); i++) {
      var key = keys.get(i);
      places.append(i == 0 ? "" : ", ").append("?::text[]");
      names.append("k").append(i).append(", ");
      same.append(i == 0 ? "" : " and ")
          .append("t.")
          .append(Quoting.identifier(key.name()))
          .append(" = (asked.k")
          .append(i)
          .append(")::")
          .append(key.sqlType());
    }
    return """
    select asked.place from unnest(%s) with ordinality as asked (%splace)
    where exists (select from %s as t where %s)\
    """
        .formatted(places, names, Quoting.qualified(table.schema(), table.name()), same);
  }

  private static int bind(
      Connection connection, PreparedStatement statement, int from, Question question, int keys)
      throws SQLException {
    int place = from;
    var session = question.session();
    statement.setString(place++, session.role());
    statement.setString(place++, session.claimsJson());
    statement.setString(place++, session.claim("sub"));
    statement.setString(place++, session.role());
    for (int key = 0; key < keys; key++) {
      int column = key;
      var values = question.keys().stream().map(row -> row.get(column)).toArray();
      statement.setArray(place++, connection.createArrayOf("text", values));
    }
    return place;
  }
}
