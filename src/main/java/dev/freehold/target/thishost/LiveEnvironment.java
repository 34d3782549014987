package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.edge.StaticSite;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What of one Environment is in memory: its database, its services, the Release that is live and
/// the one before, whose process is kept warm for a while so that a rollback is a mere switch.
final class LiveEnvironment {
  /// How many earlier sites still give out their hashed assets.
  static final int RECENT_SITES = 5;

  /// How long the process of the Release before is kept.
  static final Duration WARM = Duration.ofMinutes(10);

  final Environment environment;
  final EnvironmentDatabase database;
  final EnvironmentNetwork network;
  final EnvironmentFunctions functions;
  private final ReentrantLock changing = new ReentrantLock();
  private final ReentrantLock routing = new ReentrantLock();
  private volatile Services services;
  private final List<StaticSite> recent = new ArrayList<>();
  private @Nullable PlacedRelease live;
  private @Nullable PlacedRelease warm;
  private Instant warmUntil = Instant.MIN;

  /// What serves together: it is replaced as a whole.
  record Services(EnvironmentKeys keys, EnvironmentBackend backend) {}

  LiveEnvironment(
      Environment environment,
      EnvironmentDatabase database,
      EnvironmentNetwork network,
      EnvironmentKeys keys,
      EnvironmentBackend backend,
      EnvironmentFunctions functions) {
    this.environment = environment;
    this.database = database;
    this.network = network;
    this.functions = functions;
    this.services = new Services(keys, backend);
  }

  EnvironmentKeys keys() {
    return services.keys();
  }

  EnvironmentBackend backend() {
    return services.backend();
  }

  /// Lets others serve from now on.
  ///
  /// @return what served until now, still open
  Services serve(Services fresh) {
    var before = services;
    services = fresh;
    return before;
  }

  /// One change of what serves at a time.
  <T> T changed(Supplier<T> change) {
    changing.lock();
    try {
      return change.get();
    } finally {
      changing.unlock();
    }
  }

  /// One at a time makes a route out of what serves and installs it, so that none is installed with
  /// services that were replaced in between.
  <T> T routed(Supplier<T> install) {
    routing.lock();
    try {
      return install.get();
    } finally {
      routing.unlock();
    }
  }

  /// The placed Release of that number that still stands ready.
  synchronized Optional<PlacedRelease> standing(int number) {
    return Optional.ofNullable(warm)
        .filter(placed -> placed.release().number() == number)
        .filter(placed -> placed.process().stream().allMatch(p -> p.state().servesTraffic()));
  }

  synchronized List<StaticSite> recent() {
    return List.copyOf(recent);
  }

  synchronized void addRecent(StaticSite site) {
    recent.remove(site);
    recent.addFirst(site);
    while (recent.size() > RECENT_SITES) {
      recent.removeLast();
    }
  }

  /// Takes note of the switch.
  ///
  /// @return the placed Release that is no longer needed by anybody
  synchronized Optional<PlacedRelease> switched(PlacedRelease placed, Instant now) {
    var before = live;
    var dropped = placed.equals(warm) ? null : warm;
    live = placed;
    warm = before;
    warmUntil = now.plus(WARM);
    return Optional.ofNullable(dropped);
  }

  /// The warm Release once its time is over.
  synchronized Optional<PlacedRelease> cooled(Instant now) {
    if (warm == null || now.isBefore(warmUntil)) {
      return Optional.empty();
    }
    var cooled = warm;
    warm = null;
    return Optional.of(cooled);
  }

  synchronized Optional<PlacedRelease> live() {
    return Optional.ofNullable(live);
  }

  synchronized List<PlacedRelease> all() {
    return java.util.stream.Stream.of(Optional.ofNullable(live), Optional.ofNullable(warm))
        .flatMap(Optional::stream)
        .toList();
  }
}
