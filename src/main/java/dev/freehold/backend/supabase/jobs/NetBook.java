package dev.freehold.backend.supabase.jobs;

import dev.freehold.postgres.Pool;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// The books of requests, in the App's own database. A request leaves the queue in the transaction
/// that writes it down as being sent, and leaves that in the one that writes its answer: each id
/// has one answer at the end, and none is sent twice. What a crash leaves as being sent is answered
/// as failed, since nobody knows whether it arrived.
final class NetBook {
  /// pg_net's usual `pg_net.ttl`.
  static final Duration ANSWERS_KEPT = Duration.ofHours(6);

  /// How long `supabase_functions.hooks` remembers which trigger made a request.
  static final Duration HOOKS_KEPT = Duration.ofDays(7);

  static final int MAX_BODY_BYTES = 8 << 20;

  /// Rows that one clean-up takes.
  private static final int SWEEP_ROWS = 10_000;

  private static final String TAKE =
      """
      with gone as (
        delete from net.http_request_queue where ctid = any (array(
          select ctid from net.http_request_queue order by id limit ? for update skip locked))
        returning *),
      noted as (insert into freehold.net_sending (id) select id from gone)
      select g.id, g.method, g.url, g.headers, case when octet_length(g.body) <= ? then g.body end,
        g.timeout_milliseconds, coalesce(octet_length(g.body) > ?, false),
        exists (select from supabase_functions.hooks h where h.request_id = g.id)
      from gone g order by g.id
      """;
  private static final String ANSWER =
      """
      insert into net._http_response
        (id, status_code, content_type, headers, content, timed_out, error_msg)
      values (?, ?, ?, ?::jsonb, ?, ?, ?)
      """;
  private static final String SENT = "delete from freehold.net_sending where id = ?";
  private static final String CUT_OFF =
      """
      with gone as (delete from freehold.net_sending where id <> all (?) returning id)
      insert into net._http_response (id, timed_out, error_msg)
      select id, false, ? from gone
      """;
  private static final String EXPIRE_ANSWERS =
      """
      delete from net._http_response where ctid = any (array(
        select ctid from net._http_response
        where created < now() - make_interval(secs => ?) order by created limit ?))
      """;
  private static final String EXPIRE_HOOKS =
      """
      delete from supabase_functions.hooks where id = any (array(
        select id from supabase_functions.hooks
        where created_at < now() - make_interval(secs => ?) order by id limit ?))
      """;

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Pool pool;

  NetBook(Pool pool) {
    this.pool = pool;
  }

  /// Takes the oldest requests out of the queue.
  List<NetRequest> take(int most) {
    return pool.with(connection -> {
      try (var take = connection.prepareStatement(TAKE)) {
        take.setInt(1, most);
        take.setInt(2, MAX_BODY_BYTES);
        take.setInt(3, MAX_BODY_BYTES);
        try (var rows = take.executeQuery()) {
          var requests = new ArrayList<NetRequest>();
          while (rows.next()) {
            var body = rows.getBytes(5);
            requests.add(
                new NetRequest(
                    rows.getLong(1),
                    rows.getString(2),
                    rows.getString(3),
                    headers(rows.getString(4)),
                    body == null ? null : ByteBuffer.wrap(body),
                    rows.getInt(6),
                    rows.getBoolean(7),
                    rows.getBoolean(8)));
          }
          return requests;
        }
      }
    });
  }

  /// Writes answers down, all or none.
  void answer(Collection<NetAnswer> answers) {
    pool.transaction(connection -> {
      try (var insert = connection.prepareStatement(ANSWER);
          var sent = connection.prepareStatement(SENT)) {
        for (var answer : answers) {
          set(insert, answer);
          insert.addBatch();
          sent.setLong(1, answer.id());
          sent.addBatch();
        }
        insert.executeBatch();
        return sent.executeBatch().length;
      }
    });
  }

  /// Answers what an earlier server left as being sent.
  ///
  /// @param mine requests that this process still works on
  /// @return how many were left
  int recover(Set<Long> mine) {
    return pool.with(connection -> {
      try (var cut = connection.prepareStatement(CUT_OFF)) {
        cut.setArray(1, connection.createArrayOf("bigint", mine.toArray()));
        cut.setString(2, "server restarted: whether the request arrived is not known");
        return cut.executeUpdate();
      }
    });
  }

  /// Forgets old answers; says whether there may be more to forget.
  boolean sweep() {
    return pool.with(connection -> {
      int most = 0;
      for (var expiry : Map.of(EXPIRE_ANSWERS, ANSWERS_KEPT, EXPIRE_HOOKS, HOOKS_KEPT).entrySet()) {
        try (var delete = connection.prepareStatement(expiry.getKey())) {
          delete.setLong(1, expiry.getValue().toSeconds());
          delete.setInt(2, SWEEP_ROWS);
          most = Math.max(most, delete.executeUpdate());
        }
      }
      return most == SWEEP_ROWS;
    });
  }

  private static void set(PreparedStatement insert, NetAnswer answer) throws SQLException {
    insert.setLong(1, answer.id());
    insert.setObject(2, answer.status(), Types.INTEGER);
    insert.setString(3, answer.contentType());
    insert.setString(
        4, answer.headers() == null ? null : JSON.writeValueAsString(answer.headers()));
    insert.setString(5, answer.content());
    insert.setBoolean(6, answer.timedOut());
    insert.setString(7, answer.error());
  }

  private static Map<String, String> headers(@org.jspecify.annotations.Nullable String json) {
    var headers = new LinkedHashMap<String, String>();
    if (json != null) {
      for (var field : JSON.readTree(json).properties()) {
        if (!field.getValue().isNull()) {
          var value = field.getValue();
          headers.put(field.getKey(), value.isString() ? value.asString() : value.toString());
        }
      }
    }
    return headers;
  }
}
