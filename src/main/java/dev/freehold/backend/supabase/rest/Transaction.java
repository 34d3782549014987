package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// One request's transaction.
///
/// Role, claims and the other settings are set in a statement of their own, local to the
/// transaction, before the query: privileges and policies are fixed when a statement is planned.
/// Where nothing of the result decides the commit, settings and query travel in one batch, which is
/// one round trip and one transaction; otherwise the commit waits until [#decide] has seen the
/// result.
final class Transaction {
  private final Lanes lanes;
  private final boolean readOnly;
  private final boolean rollsBack;
  private final Optional<QualifiedName> preRequest;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private String isolation = "";

  /// @param hoisted settings of the called function
  Transaction(
      Lanes lanes,
      ApiRequest request,
      Identity identity,
      RestSettings rest,
      SchemaCache cache,
      List<Routine.Setting> hoisted,
      boolean readOnly) {
    this.lanes = lanes;
    this.readOnly = readOnly;
    // What only reads leaves nothing behind, however it ends.
    rollsBack = !readOnly && request.preferences().rollsBack(rest.txEnd());
    preRequest = rest.preRequest();
    var session = identity.session();
    if (readOnly) {
      settings.put("transaction_read_only", "on");
    }
    settings.put("search_path", searchPath(request.schema(), rest.extraSearchPath()));
    cache.roleSettings().getOrDefault(session.role(), List.of()).forEach(this::put);
    about(request, session);
    hoisted.stream()
        .filter(setting -> rest.hoistedSettings().contains(setting.name()))
        .forEach(this::put);
    settings.putAll(rest.appSettings());
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

  private static String searchPath(String schema, List<String> others) {
    var path = new StringBuilder(Quoting.identifier(schema));
    others.forEach(other -> path.append(", ").append(Quoting.identifier(other)));
    return path.toString();
  }

  /// Runs the query and ends the transaction.
  ///
  /// @throws PostgresException for what the database refused; then nothing has happened
  Outcome run(Query query) {
    return together(List.of(query), reply -> outcome(reply, first()));
  }

  /// Runs the queries after what comes before each, in one batch where nothing but their end is
  /// left to do after them.
  private <T> T together(List<Query> queries, Function<Reply, T> read) {
    var all = prelude();
    all.addAll(queries);
    return isolation.isEmpty() && !rollsBack ? read.apply(send(all)) : stepwise(all, read);
  }

  private Reply send(List<Query> queries) {
    var kind = readOnly ? Batch.Kind.READ : Batch.Kind.WRITE;
    return lanes.run(new Batch(queries, queries.size() - 1, kind));
  }

  /// Runs the query and lets its result decide: what the decision throws rolls everything back.
  Outcome decide(SqlText query, UnaryOperator<Outcome> decision) {
    var all = prelude();
    all.add(query.query());
    return stepwise(all, reply -> decision.apply(outcome(reply, first())));
  }

  /// Begins, runs the queries, and ends the transaction when their result was read. Where it is
  /// rolled back, the constraints that a commit would have checked are checked first.
  private <T> T stepwise(List<Query> queries, Function<Reply, T> read) {
    var all = new ArrayList<>(queries);
    all.addFirst(begin());
    return lanes.lend(connection -> {
      var done = false;
      var reachable = true;
      try {
        var reply = connection.run(Batch.step(all));
        var result = read.apply(new Reply(reply.rows().subList(1, all.size()), reply.large()));
        if (rollsBack) {
          connection.run(Batch.step(List.of(Query.of("SET CONSTRAINTS ALL IMMEDIATE"))));
        }
        done = true;
        return result;
      } catch (PostgresException e) {
        reachable = e.failure() instanceof PostgresFailure.Refused;
        throw e;
      } finally {
        if (reachable) {
          var end = done && !rollsBack ? "COMMIT" : "ROLLBACK";
          connection.run(Batch.step(List.of(Query.of(end))));
        }
      }
    });
  }

  /// Runs the query, and before it the explanation of another, from whose estimate the total is
  /// taken if nothing greater was counted.
  ///
  /// @param exactBelow totals counted below this stand; 0 for always taking the estimate
  Outcome estimate(SqlText query, SqlText explanation, long exactBelow) {
    return together(
        List.of(explanation.query(), query.query()),
        reply -> {
          var outcome = outcome(reply, first() + 1);
          if (outcome.total().isPresent() && outcome.total().getAsLong() < exactBelow) {
            return outcome;
          }
          long planned = plannedRows(reply.row(first()));
          return outcome.withTotal(Math.max(planned, outcome.total().orElse(0)));
        });
  }

  /// Runs an EXPLAIN and gives its lines, each ended by a line feed.
  String explain(SqlText explanation) {
    return together(
        List.of(explanation.query()),
        reply -> {
          var lines = new StringBuilder();
          for (var row : reply.rows().get(first())) {
            lines.append(row.text(0)).append('\n');
          }
          return lines.toString();
        });
  }

  /// Puts questions to the catalogs, under the role and settings of the request.
  <T> T inspect(Pool pool, SqlWork<T> questions) {
    return pool.transaction(connection -> {
      connection.setReadOnly(true);
      for (var setting : settings.entrySet()) {
        set(connection, setting.getKey(), setting.getValue());
      }
      if (preRequest.isPresent()) {
        try (var statement = connection.createStatement()) {
          statement.execute(calling(preRequest.get()));
        }
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

  /// What comes before every query: the settings, and the function called before each.
  private List<Query> prelude() {
    var queries = new ArrayList<Query>();
    queries.add(settings());
    preRequest.ifPresent(function -> queries.add(Query.of(calling(function))));
    return queries;
  }

  private static String calling(QualifiedName function) {
    return "SELECT " + function.sql() + "()";
  }

  /// Where the first query stands after what comes before it.
  private int first() {
    return preRequest.isPresent() ? 2 : 1;
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
