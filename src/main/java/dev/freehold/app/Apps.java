package dev.freehold.app;

import dev.freehold.problem.Problem;
import dev.freehold.store.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The list of Apps and their Environments, and the plain variables of each.
public final class Apps {
  private static final String ENVIRONMENTS =
      "select app, name, created_at, database from environment";
  private static final int MAX_VARIABLES = 500;
  private static final int MAX_VALUE_CHARS = 65_536;

  private final Store store;
  private final Clock clock;

  public Apps(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  public List<App> all() {
    return store.list(
        "select name, origin, created_at, created_by from app order by name",
        row ->
            new App(
                new AppName(row.getString(1)),
                row.getString(2),
                Instant.parse(row.getString(3)),
                row.getString(4),
                environmentsOf(row.getString(1))));
  }

  public List<Environment> environments() {
    return store.list(ENVIRONMENTS + " order by app, name", Apps::environment);
  }

  public Optional<Environment> find(AppName app, AppName environment) {
    return store.first(
        ENVIRONMENTS + " where app = ? and name = ?",
        Apps::environment,
        app.text(),
        environment.text());
  }

  /// The environment, or a Problem that names those there are.
  public Environment environment(AppName app, AppName environment) {
    return find(app, environment)
        .orElseThrow(() -> {
          var known = environments().stream().map(Environment::id).toList();
          return Problem.of(
                  "environment-not-found", "there is no " + app + "/" + environment + " here")
              .hint(
                  known.isEmpty()
                      ? "nothing was deployed yet: freehold deploy PATH"
                      : "there is " + String.join(", ", known))
              .raise();
        });
  }

  /// Makes the App and the Environment where they are missing.
  public Environment ensure(
      AppName app,
      AppName environment,
      String origin,
      Environment.DatabaseChoice database,
      String by) {
    return store.transaction(() -> {
      var now = clock.instant().toString();
      store.write(
          "insert into app (name, origin, created_at, created_by) values (?, ?, ?, ?)"
              + " on conflict do nothing",
          app.text(),
          origin,
          now,
          by);
      store.write(
          "insert into environment (id, app, name, created_at, database)"
              + " values (?, ?, ?, ?, ?) on conflict do nothing",
          app + "/" + environment,
          app.text(),
          environment.text(),
          now,
          database.name());
      return environment(app, environment);
    });
  }

  /// Forgets an Environment and all that was kept of it, and its App when it was the last one.
  public void forget(Environment environment) {
    store.transaction(() -> {
      for (var table :
          List.of("activation", "release", "secret", "variable", "ai_usage", "ai_hold")) {
        store.write("delete from " + table + " where environment = ?", environment.id());
      }
      store.write("delete from environment where id = ?", environment.id());
      store.write(
          "delete from app where name = ? and not exists"
              + " (select 1 from environment where app = app.name)",
          environment.app().text());
      return true;
    });
  }

  public Map<String, String> variables(Environment environment) {
    var variables = new LinkedHashMap<String, String>();
    store.list(
        "select name, value from variable where environment = ? order by name",
        row -> variables.put(row.getString(1), row.getString(2)) == null,
        environment.id());
    return variables;
  }

  public void setVariable(Environment environment, VariableName name, String value) {
    if (value.length() > MAX_VALUE_CHARS || value.indexOf('\0') >= 0) {
      throw Problem.of("variable-invalid", "the value of " + name + " is too long or holds a NUL")
          .hint("a value has at most " + MAX_VALUE_CHARS + " characters")
          .raise();
    }
    if (variables(environment).size() >= MAX_VARIABLES) {
      throw Problem.of("variable-limit", environment.id() + " has " + MAX_VARIABLES + " variables")
          .raise();
    }
    store.write(
        "insert into variable (environment, name, value) values (?, ?, ?)"
            + " on conflict (environment, name) do update set value = excluded.value",
        environment.id(),
        name.text(),
        value);
  }

  public boolean removeVariable(Environment environment, VariableName name) {
    return store.write(
            "delete from variable where environment = ? and name = ?",
            environment.id(),
            name.text())
        > 0;
  }

  private List<Environment> environmentsOf(String app) {
    return store.list(ENVIRONMENTS + " where app = ? order by name", Apps::environment, app);
  }

  private static Environment environment(ResultSet row) throws SQLException {
    return new Environment(
        new AppName(row.getString(1)),
        new AppName(row.getString(2)),
        Instant.parse(row.getString(3)),
        Environment.DatabaseChoice.valueOf(row.getString(4)));
  }
}
