package dev.freehold.release;

import dev.freehold.app.Environment;
import dev.freehold.problem.Problem;
import dev.freehold.store.Store;
import dev.freehold.telemetry.Events;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Append-only. The last Activation is what is live; nothing here is ever changed.
public final class ReleaseHistory {
  private static final String RELEASES =
      """
      select number, artifact, export, origin, created_at, created_by, took_ms, variables, secrets,
             schema_mark
        from release
       where environment = ?
      """;
  private static final String ACTIVATIONS =
      "select environment, number, at, by, why from activation where environment = ?";

  private final Store store;
  private final Clock clock;
  private final Events events;
  private final JsonMapper json = JsonMapper.shared();

  public ReleaseHistory(Store store, Clock clock, Events events) {
    this.store = store;
    this.clock = clock;
    this.events = events;
  }

  /// What a new Release is made of; its number and time are given by the history.
  public record Draft(
      String artifact,
      String export,
      String origin,
      String by,
      Instant startedAt,
      Map<String, String> variables,
      Map<String, Integer> secrets,
      String schemaMark) {}

  /// The number that the next Release of that Environment will have.
  ///
  /// @param environment its id; it need not exist yet
  public int next(String environment) {
    return store
        .first(
            "select coalesce(max(number), 0) + 1 from release where environment = ?",
            row -> row.getInt(1),
            environment)
        .orElse(1);
  }

  /// The artifacts that some Release names.
  public Set<String> artifacts() {
    return Set.copyOf(store.list("select distinct artifact from release", row -> row.getString(1)));
  }

  public Release append(Environment environment, Draft draft) {
    var release =
        store.transaction(() -> {
          int number = next(environment.id());
          var now = clock.instant();
          var made =
              new Release(
                  environment,
                  number,
                  draft.artifact(),
                  draft.export(),
                  draft.origin(),
                  now,
                  draft.by(),
                  Duration.between(draft.startedAt(), now),
                  Map.copyOf(draft.variables()),
                  Map.copyOf(draft.secrets()),
                  draft.schemaMark());
          insert(made);
          return made;
        });
    events.publish(new ReleaseEvent.Appended(release));
    return release;
  }

  /// Records that the Release is live from now on. Called when it is healthy and before traffic is
  /// switched, so that a crash in between ends with the same Release live.
  public void activated(Release release, String by, String why) {
    var activation =
        new Activation(release.environment().id(), release.number(), clock.instant(), by, why);
    store.write(
        "insert into activation (environment, number, at, by, why) values (?, ?, ?, ?, ?)",
        activation.environment(),
        activation.number(),
        activation.at().toString(),
        by,
        why);
    events.publish(new ReleaseEvent.Activated(activation));
  }

  /// Newest first.
  public List<Release> releases(Environment environment) {
    return store.list(
        RELEASES + " order by number desc", row -> release(environment, row), environment.id());
  }

  public Release release(Environment environment, int number) {
    return store
        .first(
            RELEASES + " and number = ?",
            row -> release(environment, row),
            environment.id(),
            number)
        .orElseThrow(() ->
            Problem.of("release-not-found", environment.id() + " has no release v" + number)
                .hint("freehold releases --app " + environment.app() + " lists them")
                .raise());
  }

  /// Newest first.
  public List<Activation> activations(Environment environment) {
    return store.list(
        ACTIVATIONS + " order by id desc", ReleaseHistory::activation, environment.id());
  }

  public Optional<Release> live(Environment environment) {
    return activations(environment).stream()
        .findFirst()
        .map(activation -> release(environment, activation.number()));
  }

  /// The Release that was live before the one that is: what a plain rollback goes back to.
  public Release previous(Environment environment) {
    var activations = activations(environment);
    int live = activations.isEmpty() ? 0 : activations.getFirst().number();
    return activations.stream()
        .filter(activation -> activation.number() < live)
        .map(activation -> release(environment, activation.number()))
        .findFirst()
        .orElseThrow(() ->
            Problem.of(
                    "nothing-to-roll-back-to",
                    environment.id() + " has no earlier release that was live")
                .hint("freehold releases --app " + environment.app() + " shows its history")
                .raise());
  }

  private void insert(Release release) {
    store.write(
        """
        insert into release (environment, number, artifact, export, origin, created_at, created_by,
                             took_ms, variables, secrets, schema_mark)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        release.environment().id(),
        release.number(),
        release.artifact(),
        release.export(),
        release.origin(),
        release.createdAt().toString(),
        release.createdBy(),
        release.took().toMillis(),
        json.writeValueAsString(new TreeMap<>(release.variables())),
        json.writeValueAsString(new TreeMap<>(release.secrets())),
        release.schemaMark());
  }

  private Release release(Environment environment, ResultSet row) throws SQLException {
    return new Release(
        environment,
        row.getInt(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        Instant.parse(row.getString(5)),
        row.getString(6),
        Duration.ofMillis(row.getLong(7)),
        json.readValue(row.getString(8), new TypeReference<Map<String, String>>() {}),
        json.readValue(row.getString(9), new TypeReference<Map<String, Integer>>() {}),
        row.getString(10));
  }

  private static Activation activation(ResultSet row) throws SQLException {
    return new Activation(
        row.getString(1),
        row.getInt(2),
        Instant.parse(row.getString(3)),
        row.getString(4),
        row.getString(5));
  }
}
