import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Response;
import dev.freehold.telemetry.Events;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;

/// The peer of the data API: the same HTTP server and the same statements through JDBC as it is
/// commonly used, begin, settings, query and commit one after the other. Arguments: JDBC address,
/// port, folder of scenarios, each a file of statements as `./rest` writes them.
void main(String[] arguments) throws Exception {
  var config = new HikariConfig();
  config.setJdbcUrl(arguments[0]);
  config.setMaximumPoolSize(8);
  var pool = new HikariDataSource(config);
  var scenarios = new HashMap<String, List<Statement>>();
  try (var files = Files.list(Path.of(arguments[2]))) {
    for (var file : files.toList()) {
      scenarios.put("/" + file.getFileName(), Statement.read(file));
    }
  }
  var engine = HttpEngine.start(Events.NONE);
  engine.listen(
      ListenSpec.tcp("127.0.0.1", Integer.parseInt(arguments[1])),
      request -> {
        try (var connection = pool.getConnection()) {
          var body = answer(connection, scenarios.get(request.path()), request.query());
          return Response.of(200).with("Content-Type", "application/json").withBody(
              new dev.freehold.http.Body.Bytes(body));
        } catch (SQLException e) {
          return Response.text(500, String.valueOf(e.getMessage()));
        }
      });
  Thread.sleep(Long.MAX_VALUE);
}

byte[] answer(Connection connection, List<Statement> statements, String number)
    throws SQLException {
  connection.setAutoCommit(false);
  byte[] body = null;
  for (var one : statements) {
    try (var statement = connection.prepareStatement(one.sql())) {
      for (int i = 0; i < one.values().size(); i++) {
        var value = one.values().get(i).replace("4711", number);
        statement.setObject(i + 1, value, Types.OTHER);
      }
      statement.execute();
      try (var rows = statement.getResultSet()) {
        rows.next();
        body = rows.getBytes(rows.getMetaData().getColumnCount());
      }
    }
  }
  connection.commit();
  return body;
}

/// @param sql with `?` for its parameters
record Statement(String sql, List<String> values) {
  private static final Pattern PARAMETER = Pattern.compile("\\$\\d+");

  /// A file holds, for each statement, its text in one line and then a line for each value; an
  /// empty line ends it.
  static List<Statement> read(Path file) throws Exception {
    var found = new ArrayList<Statement>();
    for (var part : Files.readString(file, StandardCharsets.UTF_8).strip().split("\n\n")) {
      var lines = List.of(part.split("\n"));
      var sql = PARAMETER.matcher(lines.getFirst()).replaceAll("?");
      found.add(new Statement(sql, lines.subList(1, lines.size())));
    }
    return found;
  }
}
