package dev.freehold.edge;

import dev.freehold.problem.Problem;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which route answers which host. Never changed: a new table is built aside and swapped in.
final class RouteTable {
  static final RouteTable EMPTY = new RouteTable(Map.of());

  /// The names of this machine itself, which name no app.
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Map<String, LiveRoute> byId;
  private final Map<String, LiveRoute> byHost = new HashMap<>();
  private final @Nullable LiveRoute onlyDefault;

  private RouteTable(Map<String, LiveRoute> byId) {
    this.byId = Map.copyOf(byId);
    byId.values().forEach(this::addHosts);
    var defaults = byId.values().stream().filter(live -> live.route().isDefault()).toList();
    onlyDefault = defaults.size() == 1 ? defaults.getFirst() : null;
  }

  private void addHosts(LiveRoute live) {
    for (var host : live.route().hosts()) {
      var other = byHost.putIfAbsent(host, live);
      if (other != null) {
        throw Problem.of("host-taken", "Two apps cannot answer on the same host.")
            .detail(host + " is asked for by " + live.route().id() + " and " + other.route().id())
            .hint("Choose another host for one of them.")
            .raise();
      }
    }
  }

  RouteTable with(LiveRoute live) {
    var next = new HashMap<>(byId);
    next.put(live.route().id(), live);
    return new RouteTable(next);
  }

  RouteTable without(String routeId) {
    var next = new HashMap<>(byId);
    next.remove(routeId);
    return new RouteTable(next);
  }

  @Nullable LiveRoute byId(String routeId) {
    return byId.get(routeId);
  }

  /// Null when no route answers this host, given without its port.
  @Nullable LiveRoute pick(String hostName) {
    var exact = byHost.get(hostName);
    return exact == null && LOOPBACK.contains(hostName) ? onlyDefault : exact;
  }

  Collection<LiveRoute> all() {
    return byId.values();
  }
}
