package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.os.Firewall;
import dev.freehold.os.OsUser;
import dev.freehold.os.Reach;
import dev.freehold.problem.Problem;
import dev.freehold.secret.Secrets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// What the jails of one Environment may reach beside the public internet: the edge, the
/// Environment's own database, and what its owner opened.
final class EnvironmentNetwork {
  private static final String KEPT = "network-hosts";
  private static final int MOST_HOSTS = 100;
  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Environment environment;
  private final EnvironmentDatabase database;
  private final Secrets secrets;
  private final Firewall firewall;
  private final int edge;

  /// What the owner's hosts meant when they were looked up last.
  private volatile Set<Reach.Opening> opened = Set.of();

  /// @param edge the port that the edge listens on
  EnvironmentNetwork(
      Environment environment,
      EnvironmentDatabase database,
      Secrets secrets,
      Firewall firewall,
      int edge) {
    this.environment = environment;
    this.database = database;
    this.secrets = secrets;
    this.firewall = firewall;
    this.edge = edge;
  }

  /// The OS user of one jail.
  OsUser user(String name) {
    return firewall.user(environment.id(), name);
  }

  /// Looks up the hosts' names and lets the jails reach what they lead to.
  Reach refresh() {
    var all = new LinkedHashSet<Reach.Opening>();
    allowed().forEach(text -> all.addAll(AllowedHost.parse(text).openings()));
    if (environment.database() == Environment.DatabaseChoice.EXTERNAL) {
      var outside = database.superuser();
      all.addAll(new AllowedHost(outside.host(), outside.port()).openings());
    }
    opened = Set.copyOf(all);
    return reach();
  }

  /// As it is now; a database that has moved to another port counts at once.
  Reach reach() {
    var ports =
        environment.database() == Environment.DatabaseChoice.OWN_CLUSTER
            ? Set.of(edge, database.superuser().port())
            : Set.of(edge);
    var reach =
        new Reach(
            ports.stream().filter(port -> port > 0).collect(Collectors.toUnmodifiableSet()),
            opened);
    firewall.reach(environment.id(), reach);
    return reach;
  }

  List<String> allowed() {
    return secrets
        .own(environment, KEPT)
        .map(text -> JSON.readValue(text, TEXTS))
        .orElse(List.of());
  }

  synchronized String allow(String text) {
    var host = AllowedHost.parse(text).toString();
    var all = new LinkedHashSet<>(allowed());
    if (all.size() >= MOST_HOSTS && !all.contains(host)) {
      throw Problem.of("too-many-hosts", environment.id() + " has " + MOST_HOSTS + " hosts open")
          .hint("open a range instead, such as 10.0.0.0/8")
          .raise();
    }
    if (all.add(host)) {
      secrets.keepOwn(environment, KEPT, JSON.writeValueAsString(all));
      var unused = refresh();
    }
    return host;
  }

  synchronized String forbid(String text) {
    var host = AllowedHost.parse(text).toString();
    var all = new LinkedHashSet<>(allowed());
    if (!all.remove(host)) {
      throw Problem.of("host-not-allowed", environment.id() + " has not opened " + host)
          .hint("freehold network list --app " + environment.app() + " shows what is open")
          .raise();
    }
    secrets.keepOwn(environment, KEPT, JSON.writeValueAsString(all));
    var unused = refresh();
    return host;
  }

  /// The Environment is gone.
  void forget() {
    firewall.forget(environment.id());
  }
}
