package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.http.Body;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.postgres.Quoting;
import dev.freehold.postgres.SqlWork;
import dev.freehold.postgres.wire.Batch;
import dev.freehold.postgres.wire.Lanes;
import dev.freehold.postgres.wire.Query;
import dev.freehold.postgres.wire.Reply;
import dev.freehold.postgres.wire.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/// One request's transaction.
///
/// Role, claims and the other settings are set in a statement of their own, local to the
/// transaction, before the query: privileges and policies are fixed when a statement is planned.
/// Where nothing of the result decides the commit, settings and query travel in one batch, which is
/// one round trip and one transaction; otherwise the commit waits until [#decide] has seen the
/// result.
final class Transaction {
  /// The settings come first in a batch; what asks for rows is second.
  private static final int QUERY = 1;

  private final Lanes lanes;
  private final boolean readOnly;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private String isolation = "";

  /// @param hoisted settings of the called function
  Transaction(
      Lanes lanes,
      ApiRequest request,
      Identity identity,
      List<String> searchPath,
      SchemaCache cache,
      List<Routine.Setting> hoisted,
      boolean readOnly) {
    this.lanes = lanes;
    this.readOnly = readOnly;
    var session = identity.session();
    if (readOnly) {
      settings.put("transaction_read_only", "on");
    }
    settings.put("search_path", searchPath(searchPath));
    cache.roleSettings().getOrDefault(session.role(), List.of()).forEach(this::put);
    about(request, session);
    hoisted.forEach(this::put);
  }

  private void put(Routine.Setting setting) {
    if (setting.name().equals("default_transaction_isolation")) {
      isolation = setting.value().toUpperCase(Locale.ROOT);
    } else {
      settings.put(setting.name(), setting.value());
    }
  }

  private void about(ApiRequest request, Session session) {
    var http = request.http();
    settings.put("role", session.role());
    settings.put("request.jwt.claims", session.claimsJson());
    settings.put("request.method", http.method());
    settings.put("request.path", http.path());
    var names = new ArrayList<String>();
    var values = new ArrayList<String>();
    for (var field : http.headers().fields()) {
      var name = field.name().toLowerCase(Locale.ROOT);
      if (!name.equals("cookie")) {
        names.add(name);
        values.add(field.value());
      }
    }
    settings.put("request.headers", Json.object(names, values));
    settings.put("request.cookies", cookies(http.header("Cookie").orElse("")));
    request.preferences().timezone().ifPresent(zone -> settings.put("timezone", zone));
  }

  private static String cookies(String header) {
    var names = new ArrayList<String>();
    var values = new ArrayList<String>();
    for (var cookie : header.split(";")) {
      int equals = cookie.indexOf('=');
      if (equals > 0) {
        names.add(cookie.substring(0, equals).strip());
        values.add(cookie.substring(equals + 1).strip());
      }
    }
    return Json.object(names, values);
  }

  private static String searchPath(List<String> schemas) {
    var path = new StringBuilder();
    for (var schema : schemas) {
      path.append(path.isEmpty() ? "" : ", ").append(Quoting.identifier(schema));
    }
    return path.toString();
  }

  /// Runs the query and commits.
  ///
  /// @throws PostgresException for what the database refused; then nothing has happened
  Outcome run(SqlText query) {
    if (!isolation.isEmpty()) {
      return decide(query, UnaryOperator.identity());
    }
    var reply = send(List.of(settings(), query.query()));
    return outcome(reply, QUERY);
  }

  /// A read whose connection broke runs once more: a restart breaks them all, and reading twice
  /// harms nobody.
  private Reply send(List<Query> queries) {
    var kind = readOnly ? Batch.Kind.READ : Batch.Kind.WRITE;
    var batch = new Batch(queries, queries.size() - 1, kind);
    try {
      return lanes.run(batch);
    } catch (PostgresException e) {
      if (readOnly && broken(e)) {
        return lanes.run(batch);
      }
      throw e;
    }
  }

  private static boolean broken(PostgresException error) {
    return error.failure() instanceof PostgresFailure.Unreachable
        || error.sqlState().equals("57P01");
  }

  /// Runs the query and lets its result decide: what the decision throws rolls everything back.
  Outcome decide(SqlText query, UnaryOperator<Outcome> decision) {
    return lanes.lend(connection -> {
      var reply = connection.run(Batch.step(List.of(begin(), settings(), query.query())));
      var done = false;
      try {
        var decided = decision.apply(outcome(reply, QUERY + 1));
        done = true;
        return decided;
      } finally {
        connection.run(Batch.step(List.of(Query.of(done ? "COMMIT" : "ROLLBACK"))));
      }
    });
  }

  /// Runs the query, and before it the explanation of another, from whose estimate the total is
  /// taken if nothing greater was counted.
  ///
  /// @param exactBelow totals counted below this stand; 0 for always taking the estimate
  Outcome estimate(SqlText query, SqlText explanation, long exactBelow) {
    var reply = send(List.of(settings(), explanation.query(), query.query()));
    var outcome = outcome(reply, QUERY + 1);
    if (outcome.total().isPresent() && outcome.total().getAsLong() < exactBelow) {
      return outcome;
    }
    long planned = plannedRows(reply.row(QUERY));
    return outcome.withTotal(Math.max(planned, outcome.total().orElse(0)));
  }

  /// Runs an EXPLAIN and gives its lines, each ended by a line feed.
  String explain(SqlText explanation) {
    var lines = new StringBuilder();
    for (var row : send(List.of(settings(), explanation.query())).rows().get(QUERY)) {
      lines.append(row.text(0)).append('\n');
    }
    return lines.toString();
  }

  /// Puts questions to the catalogs, under the role and settings of the request.
  <T> T inspect(Pool pool, SqlWork<T> questions) {
    return pool.transaction(connection -> {
      connection.setReadOnly(true);
      for (var setting : settings.entrySet()) {
        set(connection, setting.getKey(), setting.getValue());
      }
      return questions.run(connection);
    });
  }

  private static void set(Connection connection, String name, String value) throws SQLException {
    try (var statement = connection.prepareStatement("SELECT set_config(?, ?, true)")) {
      statement.setString(1, name);
      statement.setString(2, value);
      statement.execute();
    }
  }

  private Query begin() {
    return Query.of("BEGIN ISOLATION LEVEL " + level() + (readOnly ? " READ ONLY" : " READ WRITE"));
  }

  private String level() {
    return switch (isolation) {
      case "SERIALIZABLE" -> "SERIALIZABLE";
      case "REPEATABLE READ" -> "REPEATABLE READ";
      default -> "READ COMMITTED";
    };
  }

  private Query settings() {
    var sql = new SqlText().add("SELECT ");
    var first = true;
    for (var setting : settings.entrySet()) {
      sql.add(first ? "set_config(" : ", set_config(").add(Quoting.literal(setting.getKey()));
      sql.add(", ").text(setting.getValue()).add(", true)");
      first = false;
    }
    return sql.query();
  }

  /// Reads the row of the query; its columns are those of [Statements].
  private static Outcome outcome(Reply reply, int statement) {
    if (reply.rows().get(statement).isEmpty()) {
      return Outcome.NOTHING;
    }
    var row = reply.row(statement);
    var inserted = row.text(Statements.INSERTED);
    return new Outcome(
        row.isNull(Statements.TOTAL)
            ? OptionalLong.empty()
            : OptionalLong.of(row.int8(Statements.TOTAL)),
        row.int8(Statements.ROWS_GIVEN),
        reply
            .large()
            .<Body>map(large -> new Body.Stream(large, large.length()))
            .orElseGet(() -> new Body.Bytes(row.bytes(Statements.BODY))),
        row.text(Statements.HEADERS),
        row.text(Statements.STATUS),
        inserted == null ? 0 : Long.parseLong(inserted),
        row.texts(Statements.LOCATION));
  }

  private static long plannedRows(Row row) {
    var plan = String.valueOf(row.text(0));
    var field = "\"Plan Rows\":";
    int at = plan.indexOf(field) + field.length();
    int end = plan.indexOf(',', at);
    return Long.parseLong(plan.substring(at, end).strip());
  }
}
