package dev.freehold.postgres;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Field;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Query;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.ResultCursor;
import org.postgresql.core.ResultHandlerBase;
import org.postgresql.core.SqlCommand;
import org.postgresql.core.Tuple;
import org.postgresql.util.PSQLException;

/// A connection of its own on which one text of SQL is run as `psql -c` runs it: in one message, so
/// that several statements are one transaction unless they say otherwise, and statements that allow
/// no transaction work when they stand alone.
///
/// The session's time zone is what the role and the database have set, not this machine's.
public final class Script implements AutoCloseable {
  /// A result that is larger breaks the run off.
  private static final String MAX_RESULT = "16M";

  private static final String ZONE =
      """
      select set_config('TimeZone', coalesce((
        select split_part(setting, '=', 2)
        from pg_db_role_setting s, unnest(s.setconfig) as setting
        where lower(setting) like 'timezone=%'
          and s.setrole in (0, (select oid from pg_roles where rolname = current_user))
          and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
        order by s.setrole <> 0 desc, s.setdatabase <> 0 desc limit 1), 'UTC'), false)
      """;

  private final BaseConnection connection;

  private Script(BaseConnection connection) {
    this.connection = connection;
  }

  /// Enters the database.
  ///
  /// @param name what `pg_stat_activity` shows
  public static Script open(Database database, String name, Duration timeout) {
    var properties = database.properties();
    var seconds = Long.toString(Math.max(1, timeout.toSeconds()));
    properties.setProperty("ApplicationName", name);
    properties.setProperty("connectTimeout", seconds);
    properties.setProperty("loginTimeout", seconds);
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("maxResultBuffer", MAX_RESULT);
    try {
      var connection = DriverManager.getConnection(database.jdbcUrl(), properties);
      try (var statement = connection.createStatement()) {
        statement.execute(ZONE);
        return new Script(connection.unwrap(BaseConnection.class));
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw PostgresException.ofLogin(e);
    }
  }

  /// The process on the server that works for us.
  public int pid() {
    return connection.getBackendPID();
  }

  /// Runs the text to its end.
  ///
  /// @return what the last statement did, in the server's words, such as `UPDATE 3`; for rows their
  ///   number, such as `1 row`
  /// @throws ScriptFailed in the words that libpq would use
  public String run(String sql) throws ScriptFailed {
    var executor = connection.getQueryExecutor();
    var query = executor.wrap(List.of(new NativeQuery(sql, SqlCommand.BLANK)));
    var outcome = new Outcome();
    try {
      executor.execute(
          query,
          null,
          outcome,
          0,
          0,
          QueryExecutor.QUERY_EXECUTE_AS_SIMPLE
              | QueryExecutor.QUERY_ONESHOT
              | QueryExecutor.QUERY_SUPPRESS_BEGIN);
      return outcome.last;
    } catch (SQLException e) {
      throw new ScriptFailed(words(e), e);
    }
  }

  /// Asks the server to stop what runs; harmless when nothing does.
  public void cancel() {
    try {
      connection.cancelQuery();
    } catch (SQLException e) {
      // The connection is being thrown away: the server notices when it next speaks.
      return;
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is thrown away either way.
      return;
    }
  }

  private static String words(SQLException error) {
    var server = error instanceof PSQLException p ? p.getServerErrorMessage() : null;
    var message = String.valueOf(server == null ? error.getMessage() : server.getMessage());
    if (message.contains("COPY") && message.contains("CopyManager")) {
      return "COPY not supported";
    }
    if (server == null) {
      return message;
    }
    var text = new StringBuilder();
    line(text, server.getSeverity() + ":  ", server.getMessage());
    line(text, "DETAIL:  ", server.getDetail());
    line(text, "HINT:  ", server.getHint());
    line(text, "CONTEXT:  ", server.getWhere());
    return text.toString();
  }

  private static void line(StringBuilder text, String label, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      text.append(label).append(value).append('\n');
    }
  }

  /// Keeps of each result only its summary.
  private static final class Outcome extends ResultHandlerBase {
    private String last = "";

    @Override
    public void handleResultRows(
        Query query, Field[] fields, List<Tuple> rows, @Nullable ResultCursor cursor) {
      last = rows.size() == 1 ? "1 row" : rows.size() + " rows";
    }

    @Override
    public void handleCommandStatus(String status, long count, long oid) {
      last = status.equals("EMPTY") ? "0 rows" : status;
    }

    @Override
    public void handleWarning(SQLWarning warning) {
      // A job may raise any number of notices; none is kept.
    }
  }

  /// The text failed, or the connection did.
  public static final class ScriptFailed extends Exception {
    private static final long serialVersionUID = 1L;

    ScriptFailed(String words, SQLException cause) {
      super(words, cause);
    }

    /// What the server said.
    public String words() {
      return String.valueOf(getMessage());
    }
  }
}
