package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.postgres.Quoting;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/// One request's transaction.
///
/// Role, claims and the other settings are set in a statement of their own, local to the
/// transaction, before the query: privileges and policies are fixed when a statement is planned.
/// Where nothing of the result decides the commit, begin, settings, query and commit travel
/// together in one round trip; otherwise the commit waits until [#decide] has seen the result.
final class Transaction {
  /// Classes of SQLSTATE that a wrong guess of a parameter's type can bring about.
  private static final List<String> MISTYPED = List.of("22", "42");

  private final Pool pool;
  private final ParameterTypes types;
  private final boolean readOnly;
  private final boolean rollsBack;
  private final Optional<QualifiedName> preRequest;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private String isolation = "";

  /// @param hoisted settings of the called function
  Transaction(
      Pool pool,
      ParameterTypes types,
      ApiRequest request,
      Identity identity,
      RestSettings rest,
      SchemaCache cache,
      List<Routine.Setting> hoisted,
      boolean readOnly) {
    this.pool = pool;
    this.types = types;
    this.readOnly = readOnly;
    rollsBack = request.preferences().rollsBack(rest.txEnd());
    preRequest = rest.preRequest();
    var session = identity.session();
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

  /// Runs the query and commits.
  ///
  /// @throws PostgresException for what the database refused; then nothing has happened
  Outcome run(SqlText query) {
    try {
      return typed(query);
    } catch (PostgresException e) {
      var broken =
          e.failure() instanceof PostgresFailure.Unreachable || e.sqlState().equals("57P01");
      if (readOnly && broken) {
        // A restart broke the connection that was lent; reading twice harms nobody.
        return pool.with(connection -> together(connection, query, false));
      }
      throw e;
    }
  }

  /// Runs the query prepared where the types of its parameters are known. Where they prove wrong
  /// nothing has happened yet, and it is run again without them.
  private Outcome typed(SqlText query) {
    if (!query.leavesTypes()) {
      return pool.with(connection -> together(connection, query, true));
    }
    var text = query.sql();
    var known = types.of(text);
    if (known.isPresent()) {
      try {
        return pool.with(connection -> together(connection, query.as(known.get()), true));
      } catch (PostgresException e) {
        if (MISTYPED.stream().noneMatch(e.sqlState()::startsWith)) {
          throw e;
        }
        types.refuted(text);
      }
    }
    var outcome = pool.with(connection -> together(connection, query, false));
    if (known.isEmpty() && types.worthAsking(text)) {
      learn(query);
    }
    return outcome;
  }

  /// Asks PostgreSQL for the types of the parameters, without running the query. The request is
  /// answered already: that they could not be learned costs later ones a round trip, nothing else.
  private void learn(SqlText query) {
    try {
      ask(query);
    } catch (PostgresException e) {
      types.refuted(query.sql());
    }
  }

  private void ask(SqlText query) {
    pool.transaction(connection -> {
      var sql = new SqlText();
      settings(sql);
      try (var statement = connection.prepareStatement(sql.sql())) {
        sql.bindTo(statement);
        statement.execute();
      }
      try (var statement = connection.prepareStatement(query.sql())) {
        var parameters = statement.getParameterMetaData();
        var found = new ArrayList<String>();
        for (int i = 1; i <= parameters.getParameterCount(); i++) {
          found.add(parameters.getParameterTypeName(i));
        }
        types.learned(query.sql(), found);
      }
      return true;
    });
  }

  /// Runs the query and lets its result decide: what the decision throws rolls everything back.
  Outcome decide(SqlText query, UnaryOperator<Outcome> decision) {
    return pool.transaction(connection -> {
      begin(connection);
      var sql = new SqlText();
      prelude(sql);
      var outcome = decision.apply(single(connection, sql.add("; ").append(query), false));
      end(connection);
      return outcome;
    });
  }

  /// Runs the query, and then the explanation of another, from whose estimate the total is taken.
  ///
  /// @param exactBelow totals counted below this stand; 0 for always taking the estimate
  Outcome estimate(SqlText query, SqlText explanation, long exactBelow) {
    return pool.transaction(connection -> {
      begin(connection);
      var sql = new SqlText();
      prelude(sql);
      var outcome = single(connection, sql.add("; ").append(query), false);
      var counted = outcome.total().isPresent() && outcome.total().getAsLong() < exactBelow;
      var told = counted ? outcome : outcome.withTotal(plannedRows(connection, explanation));
      end(connection);
      return told;
    });
  }

  /// Runs an EXPLAIN and gives its lines, each ended by a line feed.
  String explain(SqlText explanation) {
    return pool.transaction(connection -> {
      begin(connection);
      var sql = new SqlText();
      prelude(sql);
      try (var statement = connection.prepareStatement(sql.sql())) {
        sql.bindTo(statement);
        statement.execute();
      }
      var lines = new StringBuilder();
      try (var statement = connection.prepareStatement(explanation.sql())) {
        explanation.bindTo(statement);
        try (var row = statement.executeQuery()) {
          while (row.next()) {
            lines.append(row.getString(1)).append('\n');
          }
        }
      }
      end(connection);
      return lines.toString();
    });
  }

  private void begin(Connection connection) throws SQLException {
    connection.setReadOnly(readOnly);
    if (!isolation.isEmpty()) {
      try (var statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL " + level());
      }
    }
  }

  /// Rolls back where that is how it ends; the constraints that a commit would have checked are
  /// checked first.
  private void end(Connection connection) throws SQLException {
    if (rollsBack) {
      try (var statement = connection.createStatement()) {
        statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
      }
      connection.rollback();
    }
  }

  private String level() {
    return switch (isolation) {
      case "SERIALIZABLE" -> "SERIALIZABLE";
      case "REPEATABLE READ" -> "REPEATABLE READ";
      default -> "READ COMMITTED";
    };
  }

  private Outcome together(Connection connection, SqlText query, boolean prepared)
      throws SQLException {
    var sql = new SqlText().add("BEGIN");
    sql.add(isolation.isEmpty() ? "" : " ISOLATION LEVEL " + level());
    sql.add(readOnly ? " READ ONLY; " : "; ");
    prelude(sql);
    sql.add("; ")
        .append(query)
        .add(rollsBack ? "; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK" : "; COMMIT");
    var done = false;
    try {
      var outcome = single(connection, sql, prepared);
      done = true;
      return outcome;
    } finally {
      if (!done) {
        rollBack(connection);
      }
    }
  }

  private static void rollBack(Connection connection) {
    try (var statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      // The connection is gone; the pool notices by itself, and the first failure is the one told.
      return;
    }
  }

  private void settings(SqlText sql) {
    sql.add("SELECT ");
    var first = true;
    for (var setting : settings.entrySet()) {
      sql.add(first ? "set_config(" : ", set_config(").add(Quoting.literal(setting.getKey()));
      sql.add(", ").text(setting.getValue()).add(", true)");
      first = false;
    }
  }

  /// What comes before the query: the settings, and the function called before each query.
  private void prelude(SqlText sql) {
    settings(sql);
    preRequest.ifPresent(function -> sql.add("; SELECT ").add(function.sql()).add("()"));
  }

  /// Runs statements of which the first with rows after the settings, and after the call of the
  /// function before each query, is the query.
  ///
  /// @param prepared whether the statements are kept prepared in the connection. The driver sends
  ///   all of them in one round trip only when it need not ask for the types of their parameters
  private Outcome single(Connection connection, SqlText sql, boolean prepared) throws SQLException {
    try (var statement = connection.prepareStatement(sql.sql())) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(prepared ? 1 : 0);
      sql.bindTo(statement);
      var rows = statement.execute();
      for (int sets = 0; ; rows = statement.getMoreResults()) {
        if (rows && ++sets == (preRequest.isPresent() ? 3 : 2)) {
          try (var result = statement.getResultSet()) {
            result.next();
            return outcome(result);
          }
        }
        if (!rows && statement.getUpdateCount() == -1) {
          throw new IllegalStateException("the query gave no rows");
        }
      }
    }
  }

  private static Outcome outcome(ResultSet row) throws SQLException {
    long total = row.getLong("total_result_set");
    var counted = !row.wasNull();
    var body = row.getBytes("body");
    var changed = row.getString("changed");
    var location = row.getArray("location");
    return new Outcome(
        counted ? OptionalLong.of(total) : OptionalLong.empty(),
        row.getLong("page_total"),
        body == null ? new byte[0] : body,
        row.getString("response_headers"),
        row.getString("response_status"),
        changed == null ? 0 : Long.parseLong(changed),
        values(location));
  }

  private static List<@Nullable String> values(@Nullable Array array) throws SQLException {
    var values = new ArrayList<@Nullable String>();
    if (array == null) {
      return values;
    }
    try (var rows = array.getResultSet()) {
      while (rows.next()) {
        values.add(rows.getString(2));
      }
    }
    return values;
  }

  private static long plannedRows(Connection connection, SqlText explanation) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(explanation.sql())) {
      explanation.bindTo(statement);
      try (var result = statement.executeQuery()) {
        result.next();
        var plan = result.getString(1);
        var field = "\"Plan Rows\":";
        int at = plan.indexOf(field) + field.length();
        int end = plan.indexOf(',', at);
        return Long.parseLong(plan.substring(at, end).strip());
      }
    }
  }
}
