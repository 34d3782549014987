package dev.freehold;

import dev.freehold.api.Api;
import dev.freehold.app.Apps;
import dev.freehold.app.Environment;
import dev.freehold.backend.ai.AiLedger;
import dev.freehold.backend.ai.AiServer;
import dev.freehold.backend.mail.MailGateway;
import dev.freehold.backend.mail.SentMails;
import dev.freehold.build.ArtifactStore;
import dev.freehold.build.BuildRunner;
import dev.freehold.build.PackageRegistry;
import dev.freehold.build.Toolchains;
import dev.freehold.cli.Version;
import dev.freehold.edge.Edge;
import dev.freehold.edge.EdgeSettings;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.monitor.Broadcast;
import dev.freehold.monitor.Journal;
import dev.freehold.monitor.LogBook;
import dev.freehold.operation.Deploy;
import dev.freehold.operation.Destroy;
import dev.freehold.operation.Operations;
import dev.freehold.operation.Rollback;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Firewall;
import dev.freehold.release.Activation;
import dev.freehold.release.Release;
import dev.freehold.release.ReleaseHistory;
import dev.freehold.secret.MasterKey;
import dev.freehold.secret.Secrets;
import dev.freehold.store.Store;
import dev.freehold.supervisor.Supervisor;
import dev.freehold.target.thishost.ThisHost;
import dev.freehold.telemetry.LogLine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The running program: every room joined with `new`, in floor order, and taken apart in reverse.
final class Server implements AutoCloseable {
  private static final PackageRegistry REGISTRY = PackageRegistry.from(System.getenv());
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final Duration RESTORE_PATIENCE = Duration.ofSeconds(15);
  private static final Duration HOUSEKEEPING = Duration.ofSeconds(30);

  /// How often the processes of functions are looked after.
  private static final Duration FUNCTIONS_STEP = Duration.ofSeconds(2);

  /// How long an artifact is kept that no release names: its release may be about to be made.
  private static final Duration UNNAMED_FOR = Duration.ofHours(1);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final Clock clock = Clock.systemUTC();
  private final Instant startedAt = clock.instant();
  private final Broadcast events = new Broadcast();
  private final Settings settings;
  private final LogBook logs;
  private final Apps apps;
  private final ReleaseHistory history;
  private final Operations operations;
  private final ThisHost host;
  private final Listener edgeListener;
  private final Deploy deploy;
  private final Rollback rollback;
  private final Destroy destroy;
  private final Journal journal;

  /// Starts everything, or takes apart what was started before it failed.
  static Server start(Settings settings) {
    return new Server(settings.prepared());
  }

  private Server(Settings settings) {
    this.settings = settings;
    try {
      hold(DataLock.take(settings.control()));
      this.logs = hold(new LogBook(settings.data().resolve("logs")));
      events.add(new EventLog(logs, clock));
      var store = hold(Store.open(settings.control().resolve("freehold.db")));
      var secrets =
          new Secrets(store, MasterKey.at(settings.control().resolve("master.key")), clock);
      this.apps = new Apps(store, clock);
      this.history = new ReleaseHistory(store, clock, events);
      this.journal = new Journal(store, clock);
      this.operations = new Operations(store, clock);
      undoWhatWasCutOff();

      var http = hold(HttpEngine.start(events));
      var edge = hold(edge(http));
      this.edgeListener = listen(edge);
      var toolchains = new Toolchains(settings.data().resolve("toolchains"), REGISTRY);
      var artifacts = ArtifactStore.open(settings.data().resolve("artifacts"));
      this.host = hold(host(http, edge, artifacts, toolchains, secrets, store));
      hold(operations);
      var builds =
          new BuildRunner(
              settings.data().resolve("builds"), toolchains, artifacts, REGISTRY, System.getenv());
      this.deploy =
          new Deploy(apps, secrets, history, builds, host, settings.scratch(), clock, events);
      this.rollback = new Rollback(history, host);
      this.destroy = new Destroy(apps, host, settings.dumps(), clock);
      restore();
      edge.filled();
      keepHouse(artifacts);

      var work = new ServerWork(this, deploy, rollback, destroy);
      hold(
          http.listen(
              ListenSpec.unix(settings.socket()),
              new Api(
                  apps,
                  history,
                  secrets,
                  host.signIn(),
                  host.jobs(),
                  host.functions(),
                  host.ai(),
                  host.network(),
                  operations,
                  journal,
                  logs,
                  work,
                  new ServerAccounts(host),
                  new ServerFiles(host))));
      say("up at " + address() + ", data in " + settings.data());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Edge edge(HttpEngine http) {
    var port = new EdgePort(settings).choose();
    return new Edge(http, EdgeSettings.on(ListenSpec.tcp(settings.listen(), port)), events);
  }

  private Listener listen(Edge edge) {
    edge.filling();
    var listener = edge.listen();
    new EdgePort(settings).remember(listener.port());
    return listener;
  }

  private ThisHost host(
      HttpEngine http,
      Edge edge,
      ArtifactStore artifacts,
      Toolchains toolchains,
      Secrets secrets,
      Store store) {
    var firewall = hold(Firewall.open(settings.control()));
    firewall.warning().ifPresent(this::say);
    var supervisor = hold(Supervisor.open(settings.data().resolve("instances"), events));
    return new ThisHost(
        new ThisHost.Host(
            settings.data(),
            settings.postgresBin(),
            edgeListener.port(),
            http,
            edge,
            artifacts,
            toolchains,
            supervisor,
            secrets,
            new AiServer.Ground(new AiLedger(store, clock), clock, events),
            new MailGateway.Ground(new SentMails(store, clock), clock, events),
            firewall,
            Version.text(),
            clock,
            events));
  }

  /// Waits until somebody asks for the end.
  void await() {
    try {
      asked.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void askToEnd() {
    asked.countDown();
  }

  String address() {
    return "http://localhost:" + edgeListener.port();
  }

  Operations operations() {
    return operations;
  }

  ReleaseHistory history() {
    return history;
  }

  Journal journal() {
    return journal;
  }

  LogBook logs() {
    return logs;
  }

  ThisHost host() {
    return host;
  }

  Clock clock() {
    return clock;
  }

  Duration uptime() {
    return Duration.between(startedAt, clock.instant());
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      var next = open.pop();
      try {
        switch (next) {
          // Whoever asked for the end still gets an answer.
          case Listener control -> control.drain(DRAIN);
          case Edge _ -> edgeListener.drain(DRAIN);
          default -> {}
        }
        next.close();
      } catch (Exception e) {
        System.err.println("freehold: while stopping: " + e);
      }
    }
  }

  private <T extends AutoCloseable> T hold(T part) {
    open.push(part);
    return part;
  }

  /// Undoes operations that a crash cut off: what they had prepared lies in the scratch folder, and
  /// nothing of it was live.
  private void undoWhatWasCutOff() {
    for (var cut : operations.interrupted()) {
      journal.record(
          cut.by(), cut.environment(), cut.kind() + " interrupted", "in its step " + cut.step());
      say(cut.kind() + " of " + cut.environment() + " was cut off in its step " + cut.step());
    }
    DurableFiles.deleteTree(settings.scratch());
    DurableFiles.secretFolder(settings.scratch());
  }

  /// Brings every environment's last live release back, all at once. One that is slow goes on by
  /// itself: the others, and the control API, do not wait for it for long.
  private void restore() {
    var threads =
        apps.environments().stream()
            .map(environment -> Thread.startVirtualThread(() -> restore(environment)))
            .toList();
    long deadline = System.nanoTime() + RESTORE_PATIENCE.toNanos();
    for (var thread : threads) {
      try {
        boolean unused = thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void restore(Environment environment) {
    try {
      var live = history.live(environment);
      if (live.isPresent()) {
        host.restore(live.get(), earlier(environment, live.get()), this::say);
      }
    } catch (RuntimeException e) {
      say(environment.id() + " did not come back: " + e.getMessage());
    }
  }

  private List<Release> earlier(Environment environment, Release live) {
    return history.activations(environment).stream()
        .map(Activation::number)
        .distinct()
        .filter(number -> number != live.number())
        .map(number -> history.release(environment, number))
        .collect(Collectors.toList());
  }

  private void keepHouse(ArtifactStore artifacts) {
    ScheduledExecutorService housekeeping =
        Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().daemon().name("freehold-housekeeping").factory());
    hold(housekeeping::shutdownNow);
    var unused =
        housekeeping.scheduleWithFixedDelay(
            () -> host.step(clock.instant()),
            HOUSEKEEPING.toMillis(),
            HOUSEKEEPING.toMillis(),
            TimeUnit.MILLISECONDS);
    var unusedFunctions =
        housekeeping.scheduleWithFixedDelay(
            () -> host.stepFunctions(clock.instant()),
            FUNCTIONS_STEP.toMillis(),
            FUNCTIONS_STEP.toMillis(),
            TimeUnit.MILLISECONDS);
    // Artifacts that no release names, such as those of a destroyed app.
    var unusedToo =
        housekeeping.scheduleWithFixedDelay(
            () -> artifacts.sweep(history.artifacts(), clock.instant().minus(UNNAMED_FOR)),
            UNNAMED_FOR.toMinutes(),
            UNNAMED_FOR.toMinutes(),
            TimeUnit.MINUTES);
  }

  private void say(String text) {
    logs.take(new LogLine(clock.instant(), "server", "", 0, text));
  }
}
