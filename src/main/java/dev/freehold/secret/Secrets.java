package dev.freehold.secret;

import dev.freehold.app.Environment;
import dev.freehold.app.VariableName;
import dev.freehold.problem.Problem;
import dev.freehold.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Sealed values, versioned: a Release remembers which version it runs with. Write-only for people:
/// no face of the program ever shows a value again.
public final class Secrets {
  /// Names that Freehold keeps for itself start like this; a [VariableName] cannot.
  private static final String OWN = "freehold:";

  private static final int MAX_VALUE_CHARS = 65_536;

  private final Store store;
  private final MasterKey key;
  private final Clock clock;

  public Secrets(Store store, MasterKey key, Clock clock) {
    this.store = store;
    this.key = key;
    this.clock = clock;
  }

  /// Keeps a new version of the value.
  public Secret set(Environment environment, VariableName name, String value, String by) {
    if (value.isEmpty() || value.length() > MAX_VALUE_CHARS || value.indexOf('\0') >= 0) {
      throw Problem.of(
              "secret-invalid", "the value of " + name + " is empty, too long or has a NUL")
          .hint("a value has 1 to " + MAX_VALUE_CHARS + " characters")
          .raise();
    }
    return keep(environment, name.text(), value, by);
  }

  /// The owner's secrets that are set now, without values.
  public List<Secret> list(Environment environment) {
    return store.list(
        """
        select name, version, set_at, set_by from secret s
         where environment = ? and removed_at is null and name not like 'freehold:%'
           and version = (select max(version) from secret
                           where environment = s.environment and name = s.name)
         order by name
        """,
        row ->
            new Secret(
                row.getString(1), row.getInt(2), Instant.parse(row.getString(3)), row.getString(4)),
        environment.id());
  }

  /// Takes a secret out of later Releases; earlier ones still roll back to the value they ran with.
  public boolean remove(Environment environment, VariableName name) {
    return store.write(
            "update secret set removed_at = ? where environment = ? and name = ?"
                + " and removed_at is null",
            clock.instant().toString(),
            environment.id(),
            name.text())
        > 0;
  }

  /// The versions that a Release made now runs with.
  public Map<String, Integer> versions(Environment environment) {
    var versions = new TreeMap<String, Integer>();
    list(environment).forEach(secret -> versions.put(secret.name(), secret.version()));
    return versions;
  }

  /// The values of exactly those versions, for the process that needs them.
  public Map<String, String> values(Environment environment, Map<String, Integer> versions) {
    var values = new TreeMap<String, String>();
    versions.forEach((name, version) ->
        read(environment, name, version).ifPresent(value -> values.put(name, value)));
    return values;
  }

  /// A value that Freehold keeps for itself, such as an environment's signing keys.
  public Optional<String> own(Environment environment, String name) {
    return store
        .first(
            "select max(version) from secret where environment = ? and name = ?",
            row -> row.getInt(1),
            environment.id(),
            OWN + name)
        .filter(version -> version > 0)
        .flatMap(version -> read(environment, OWN + name, version));
  }

  public void keepOwn(Environment environment, String name, String value) {
    keep(environment, OWN + name, value, "freehold");
  }

  /// Forgets such a value and all that it was before.
  public void forgetOwn(Environment environment, String name) {
    store.write(
        "delete from secret where environment = ? and name = ?", environment.id(), OWN + name);
  }

  private Secret keep(Environment environment, String name, String value, String by) {
    return store.transaction(() -> {
      int version =
          store
              .first(
                  "select coalesce(max(version), 0) + 1 from secret"
                      + " where environment = ? and name = ?",
                  row -> row.getInt(1),
                  environment.id(),
                  name)
              .orElse(1);
      var now = clock.instant();
      store.write(
          "insert into secret (environment, name, version, sealed, set_at, set_by)"
              + " values (?, ?, ?, ?, ?, ?)",
          environment.id(),
          name,
          version,
          key.seal(value, belongsTo(environment, name, version)),
          now.toString(),
          by);
      return new Secret(name, version, now, by);
    });
  }

  private Optional<String> read(Environment environment, String name, int version) {
    return store
        .first(
            "select sealed from secret where environment = ? and name = ? and version = ?",
            row -> row.getBytes(1),
            environment.id(),
            name,
            version)
        .map(sealed -> key.open(sealed, belongsTo(environment, name, version)));
  }

  private static String belongsTo(Environment environment, String name, int version) {
    return environment.id() + "\n" + name + "\n" + version;
  }
}
