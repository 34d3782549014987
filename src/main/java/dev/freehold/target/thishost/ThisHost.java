package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.ai.AiLimits;
import dev.freehold.backend.ai.AiServer;
import dev.freehold.backend.mail.MailGateway;
import dev.freehold.backend.supabase.realtime.RealtimeServer;
import dev.freehold.backend.supabase.storage.StorageService;
import dev.freehold.build.ArtifactStore;
import dev.freehold.build.Toolchains;
import dev.freehold.edge.Content;
import dev.freehold.edge.Drained;
import dev.freehold.edge.Edge;
import dev.freehold.edge.Route;
import dev.freehold.edge.StaticSite;
import dev.freehold.http.HttpEngine;
import dev.freehold.image.ImageTools;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Firewall;
import dev.freehold.postgres.Database;
import dev.freehold.problem.ProblemException;
import dev.freehold.release.Release;
import dev.freehold.secret.Secrets;
import dev.freehold.supervisor.Supervisor;
import dev.freehold.target.AiGateway;
import dev.freehold.target.EdgeFunctions;
import dev.freehold.target.NetworkAccess;
import dev.freehold.target.ScheduledJobs;
import dev.freehold.target.SignIn;
import dev.freehold.target.SignInUse;
import dev.freehold.target.Target;
import dev.freehold.telemetry.Events;
import dev.freehold.telemetry.LogLine;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// This machine as a Target: the one place where the engines (cluster, supervisor, edge, backend)
/// meet Apps.
public final class ThisHost implements Target, AutoCloseable {
  /// The Node that makes images of images.
  private static final int IMAGE_NODE = 22;

  private final HostPaths paths;
  private final HttpEngine http;
  private final Edge edge;
  private final Secrets secrets;
  private final EnvironmentSecrets own;
  private final Engines engines;
  private final ReleasePlacer placer;
  private final Toolchains toolchains;
  private final EnvironmentFunctions.Host functionHost;
  private final AiServer.Ground ai;
  private final MailGateway.Ground mail;
  private final ReleaseJobs jobs;
  private final Firewall firewall;
  private final int port;
  private final String version;
  private final Clock clock;
  private final Events events;
  private final HostBuckets buckets;
  private final Map<String, LiveEnvironment> environments = new ConcurrentHashMap<>();

  /// What stands on this machine already.
  ///
  /// @param data the data folder
  /// @param postgresBin PostgreSQL's programs, when not the embedded ones
  /// @param port the port that the edge listens on
  /// @param firewall holds what Apps may reach
  /// @param version this program's version
  public record Host(
      Path data,
      Optional<Path> postgresBin,
      int port,
      HttpEngine http,
      Edge edge,
      ArtifactStore artifacts,
      Toolchains toolchains,
      Supervisor supervisor,
      Secrets secrets,
      AiServer.Ground ai,
      MailGateway.Ground mail,
      Firewall firewall,
      String version,
      Clock clock,
      Events events) {}

  public ThisHost(Host host) {
    this.paths = new HostPaths(host.data());
    this.http = host.http();
    this.edge = host.edge();
    this.secrets = host.secrets();
    this.own = new EnvironmentSecrets(host.secrets(), host.clock());
    this.engines = new Engines(paths.engines(), host.postgresBin(), host.events());
    this.placer =
        new ReleasePlacer(
            host.artifacts(), host.toolchains(), host.supervisor(), host.secrets(), own, paths);
    this.toolchains = host.toolchains();
    this.buckets = new HostBuckets(environment -> files(environment).places(), host.secrets());
    this.functionHost =
        new EnvironmentFunctions.Host(
            host.artifacts(), host.toolchains(), host.supervisor(), host.secrets(), own, paths);
    this.ai = host.ai();
    this.mail = host.mail();
    this.jobs = new ReleaseJobs(placer, host.clock(), host.events());
    this.firewall = host.firewall();
    this.port = host.port();
    this.version = host.version();
    this.clock = host.clock();
    this.events = host.events();
  }

  @Override
  public Database prepare(Environment environment, Consumer<String> log) {
    var live = environment(environment, log);
    live.database.prepare(log);
    return live.database.owner();
  }

  @Override
  public Placed place(Release release, Consumer<String> log) {
    var live = environment(release.environment(), log);
    if (live.live().isEmpty()) {
      serveBackendAlone(live);
    }
    var standing = live.standing(release.number());
    return standing.isPresent()
        ? standing.get()
        : placer.place(
            release,
            live.keys(),
            live.functions,
            live.network,
            address(release.environment()),
            ReleasePlacer.Gate.REFUSE,
            log);
  }

  @Override
  public void activate(Placed placed) {
    var release = (PlacedRelease) placed;
    var live = environment(release.release().environment(), line -> {});
    live.live().ifPresent(before -> live.addRecent(before.site()));
    var unusedToo =
        live.changed(() -> {
          live.backend().reload();
          live.backend().auth().adopt(release.release().export());
          return live.backend();
        });
    var drained =
        live.routed(() -> {
          live.backend().functions().install(release.functions());
          return edge.install(
              route(live, release.release().number(), release.content(live.recent())));
        });
    var dropped = live.switched(release, clock.instant());
    jobs.live(live, release, address(live.environment));
    var unused = drained.whenComplete((end, failure) -> dropped.ifPresent(PlacedRelease::withdraw));
  }

  /// The edge functions of every Environment, for their owners.
  public EdgeFunctions functions() {
    return new HostFunctions(environment -> live(environment).backend().functions(), own, port);
  }

  /// The AI gateways of every Environment, for their owners.
  public AiGateway ai() {
    return new HostAi(this::keptAi, environment -> live(environment).backend().ai(), ai.ledger());
  }

  private EnvironmentAi keptAi(Environment environment) {
    return new EnvironmentAi(environment, secrets, own);
  }

  /// What the code of every Environment may reach, for their owners.
  public NetworkAccess network() {
    return new HostNetwork(
        environment -> live(environment).network, this::restartFunctions, firewall.warning());
  }

  private void restartFunctions(Environment environment) {
    var live = live(environment);
    live.live().ifPresent(placed -> live.backend().functions().install(placed.functions()));
  }

  /// The scheduled jobs of every Environment.
  public ScheduledJobs jobs() {
    return new EnvironmentJobs(environment -> live(environment).backend().jobs());
  }

  @Override
  public List<String> prepareAuth(
      Environment environment, String export, Map<String, Object> section, SignInUse use) {
    return auth(environment).prepare(export, section, use);
  }

  @Override
  public boolean mailLeaves(Environment environment) {
    return new AuthRecord(environment, secrets).smtp().isPresent();
  }

  /// The Environment's realtime server; empty while nothing of it is live.
  public Optional<RealtimeServer> realtime(Environment environment) {
    return Optional.ofNullable(environments.get(environment.id()))
        .map(live -> live.backend().realtime());
  }

  /// The Environment's auth server, as its owner uses it.
  public EnvironmentAuth auth(Environment environment) {
    return live(environment).backend().auth();
  }

  /// How Users of this host's Environments sign in, for their owners.
  public SignIn signIn() {
    return new HostSignIn(this, own, secrets, clock);
  }

  /// Changes an Environment's keys: kept first, then served with. What served until now is closed
  /// when nothing runs there any more.
  EnvironmentKeys changeKeys(Environment environment, UnaryOperator<EnvironmentKeys> change) {
    var live = live(environment);
    return live.changed(() -> {
      var keys = own.keep(environment, change.apply(live.keys()));
      var fresh = services(environment, live.database, keys, live.backend().providers());
      var before = live.serve(new LiveEnvironment.Services(keys, fresh));
      before.backend().jobs().close();
      live.live()
          .ifPresent(placed -> {
            fresh.functions().install(placed.functions());
            jobs.begin(live, placed, address(environment));
            jobs.mail(live, placed, address(environment));
          });
      // The owner may have changed something while the new one was made.
      fresh.auth().reload();
      fresh.ai().use(keptAi(environment).provider());
      var unused = rerouted(live).whenComplete((end, failure) -> before.backend().close());
      return keys;
    });
  }

  /// What is served stays, the services behind it are the new ones.
  private CompletableFuture<Drained> rerouted(LiveEnvironment live) {
    return live.routed(() ->
        edge.routes().stream()
            .filter(route -> route.id().equals(live.environment.id()))
            .findFirst()
            .map(route -> edge.install(route(live, route.release(), route.content())))
            .orElseGet(() -> edge.remove(live.environment.id())));
  }

  /// The Environment's files.
  public StorageService files(Environment environment) {
    return live(environment).backend().files();
  }

  /// The buckets that Environments keep bytes in, for their owners.
  public HostBuckets buckets() {
    return buckets;
  }

  /// The Environment's database, whether or not it serves.
  EnvironmentDatabase database(Environment environment) {
    return new EnvironmentDatabase(environment, own, secrets, engines, paths);
  }

  LiveEnvironment live(Environment environment) {
    return environment(environment, line -> {});
  }

  @Override
  public String address(Environment environment) {
    return "http://" + environment.localHost() + ":" + port;
  }

  @Override
  public Optional<Path> remove(
      Environment environment, Optional<Path> finalDump, Consumer<String> log) {
    var live = environment(environment, log);
    var gone = edge.remove(environment.id());
    gone.join();
    live.all().forEach(PlacedRelease::withdraw);
    live.backend().forget();
    clearBucket(live, log);
    live.backend().close();
    live.network.forget();
    var kept = live.database.remove(finalDump, log);
    environments.remove(environment.id());
    mail.sent().forget(environment.id());
    DurableFiles.deleteTree(paths.releases(environment));
    DurableFiles.deleteTree(paths.mails(environment));
    DurableFiles.deleteTree(paths.storage(environment));
    return kept;
  }

  private static void clearBucket(LiveEnvironment live, Consumer<String> log) {
    try {
      live.backend().files().places().clearBucket();
    } catch (ProblemException away) {
      log.accept("its bytes in the bucket stay there: " + away.problem().detail().orElse(""));
    }
  }

  /// Brings an Environment back after a start: routes and files at once, the database beside.
  ///
  /// @param release the last one that was live
  /// @param earlier those that were live before, newest first
  public void restore(Release release, List<Release> earlier, Consumer<String> log) {
    var live = environment(release.environment(), log);
    var url = address(release.environment());
    var database = Thread.startVirtualThread(() -> live.database.prepare(log));
    earlier.stream()
        .limit(LiveEnvironment.RECENT_SITES)
        .toList()
        .reversed()
        .forEach(old -> live.addRecent(placer.site(old, live.keys(), url)));
    if (placer.hasProcess(release)) {
      serveBackendAlone(live);
    }
    live.backend().auth().adopt(release.export());
    var placed =
        placer.place(
            release,
            live.keys(),
            live.functions,
            live.network,
            url,
            ReleasePlacer.Gate.KEEP_TRYING,
            log);
    live.backend().functions().install(placed.functions());
    var unused =
        live.routed(
            () -> edge.install(route(live, release.number(), placed.content(live.recent()))));
    live.switched(placed, clock.instant());
    jobs.begin(live, placed, url);
    join(database);
    jobs.mail(live, placed, url);
    refreshNetwork(live);
  }

  /// Stops processes that were kept warm for long enough, and looks up again what hosts that are
  /// open to Apps lead to.
  public void step(Instant now) {
    environments.values().forEach(live -> live.cooled(now).ifPresent(PlacedRelease::withdraw));
    environments.values().forEach(this::refreshNetwork);
  }

  private void refreshNetwork(LiveEnvironment live) {
    try {
      var unused = live.network.refresh();
    } catch (ProblemException e) {
      events.publish(
          new LogLine(clock.instant(), "server", live.environment.id(), 0, e.problem().message()));
    }
  }

  /// Looks after the processes of functions and after calls of AI; to be called every second or so.
  public void stepFunctions(Instant now) {
    for (var live : environments.values()) {
      live.backend().functions().step(now);
      live.backend().ai().step(now);
    }
  }

  /// The processes of databases, for the sum of memory.
  public Stream<Long> databasePids() {
    return environments.values().stream().flatMap(live -> live.database.pid().stream());
  }

  /// Closes the services and stops the databases, those of all environments together: each of them
  /// mostly waits. The edge and the supervisor are their owner's.
  @Override
  public void close() {
    var all = List.copyOf(environments.values());
    all.forEach(live -> live.backend().hurry());
    var ends = all.stream().map(live -> Thread.ofVirtual().start(() -> end(live))).toList();
    for (var end : ends) {
      try {
        end.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void end(LiveEnvironment live) {
    live.backend().close();
    live.database.stop();
  }

  /// Before a Release is live its process may already ask the backend for rows.
  private void serveBackendAlone(LiveEnvironment live) {
    var nothing = new Content.StaticContent(StaticSite.EMPTY, List.of());
    var unused = live.routed(() -> edge.install(route(live, 0, nothing)));
  }

  private Route route(LiveEnvironment live, int release, Content content) {
    return new Route(
        live.environment.id(),
        release,
        Set.of(live.environment.localHost()),
        live.environment.name().equals(Environment.PRODUCTION),
        content,
        live.backend().mounts());
  }

  private LiveEnvironment environment(Environment environment, Consumer<String> log) {
    return environments.computeIfAbsent(
        environment.id(),
        id -> {
          var database = database(environment);
          var keys = own.keys(environment);
          if (!database.made()) {
            database.prepare(log);
          }
          var providers = new EnvironmentProviders(environment, secrets, clock);
          var network = new EnvironmentNetwork(environment, database, secrets, firewall, port);
          return new LiveEnvironment(
              environment,
              database,
              network,
              keys,
              services(environment, database, keys, providers),
              new EnvironmentFunctions(
                  environment,
                  () -> own.keys(environment),
                  database,
                  network,
                  address(environment),
                  functionHost));
        });
  }

  private EnvironmentBackend services(
      Environment environment,
      EnvironmentDatabase database,
      EnvironmentKeys keys,
      EnvironmentProviders providers) {
    return new EnvironmentBackend(
        database,
        keys,
        address(environment),
        providers,
        new AuthRecord(environment, secrets),
        paths.mails(environment),
        new StorageService.Place(
            paths.storage(environment),
            new BucketRecord(environment, secrets).use(),
            Optional.of(this::imageTools)),
        aiServer(environment),
        outbox -> new EnvironmentMail(environment, own).gateway(mail, outbox),
        http,
        environment.id(),
        version,
        clock,
        events);
  }

  private AiServer aiServer(Environment environment) {
    var kept = keptAi(environment);
    return new AiServer(
        new AiServer.Scope(environment.id(), kept.words(), kept.pass()),
        kept.provider(),
        AiLimits.DEFAULT,
        ai);
  }

  /// Fetched once, when the first app wants an image made.
  private ImageTools imageTools() {
    var node = toolchains.node(IMAGE_NODE, line -> {});
    return new ImageTools(node.program(), toolchains.images(line -> {}));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
