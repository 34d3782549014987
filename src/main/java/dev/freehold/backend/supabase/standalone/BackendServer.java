package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.rest.config.ConfigOption.DB_CHANNEL;
import static dev.freehold.backend.supabase.rest.config.ConfigOption.DB_CHANNEL_ENABLED;
import static dev.freehold.backend.supabase.rest.config.ConfigOption.DB_CONFIG;
import static dev.freehold.backend.supabase.rest.config.ConfigOption.DB_PRE_CONFIG;
import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.supabase.SupabaseBackend;
import dev.freehold.backend.supabase.auth.AuthServer;
import dev.freehold.backend.supabase.jobs.JobLogins;
import dev.freehold.backend.supabase.jobs.Jobs;
import dev.freehold.backend.supabase.jobs.OldProject;
import dev.freehold.backend.supabase.realtime.RealtimeLimits;
import dev.freehold.backend.supabase.realtime.RealtimeServer;
import dev.freehold.backend.supabase.rest.RestServer;
import dev.freehold.backend.supabase.rest.config.Configuration;
import dev.freehold.backend.supabase.rest.config.ConnectionString;
import dev.freehold.backend.supabase.rest.config.DatabaseSettings;
import dev.freehold.backend.supabase.rest.standalone.Choices;
import dev.freehold.backend.supabase.storage.StorageService;
import dev.freehold.http.FileCache;
import dev.freehold.http.Handler;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.Limits;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.image.ImageTools;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.postgres.PostgresException;
import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The whole Supabase wire on one port, over any PostgreSQL, as the Supabase CLI's local stack
/// serves it: `/rest/v1`, `/auth/v1`, `/storage/v1`, `/realtime/v1`, `/functions/v1`.
public final class BackendServer implements AutoCloseable {
  /// How long requests may go on after the end was asked for.
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /// Connections by which Realtime asks who may see what.
  private static final int REALTIME_CONNECTIONS = 4;

  /// Connections by which the catalogs are read.
  private static final int CATALOG_CONNECTIONS = 2;

  /// How long a request of the auth server, or a question to the catalogs, waits for a connection.
  private static final Duration WAIT = Duration.ofSeconds(10);

  /// Request lines are longer here than a browser's: filters stand in them.
  private static final int MAX_TARGET_BYTES = 64 * 1024;

  private static final int MAX_BODY_BYTES = 64 << 20;
  private static final int MAX_PORT = 65_535;

  private final BackendConfiguration configuration;
  private final TokenVerifier verifier;
  private final Events events;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Pool apiPool;
  private final RestServer rest;
  private final Listener listener;
  private final Optional<ServedFunctions> functions;
  private volatile boolean started;

  /// What a backend cannot make by itself.
  ///
  /// @param images fetches what makes images of images into a folder
  /// @param functions makes a project's functions ready
  public record Tools(Function<Path, ImageTools> images, FunctionBundles functions) {}

  /// Prepares the database where that is asked for, then listens.
  ///
  /// @param version this program's version, named by services that are not here yet
  /// @throws dev.freehold.problem.ProblemException what [BackendLogins] and [BackendKeys] state,
  ///   `rest-setting-invalid`, `listen-address-unavailable`, or as [FunctionBundles#bundle]
  public BackendServer(
      BackendConfiguration configuration, String version, Tools tools, Clock clock, Events events) {
    if (configuration.number(PORT) > MAX_PORT) {
      throw BackendConfiguration.invalid(PORT, "it is a number from 0 to " + MAX_PORT).raise();
    }
    this.configuration = configuration;
    this.events = events;
    var keys = BackendKeys.of(configuration);
    var authParts = new AuthParts(configuration);
    var settings = authParts.settings();
    var additions = authParts.additions(clock);
    authParts.complaints().forEach(complaint -> events.publish(new NotFollowed(complaint)));
    var first = configuration.dataApi(Map.of());
    var logins = BackendLogins.prepare(configuration);
    verifier = keys.jwt().verifier(clock);
    try {
      var http = hold(HttpEngine.start(events));
      apiPool = hold(Pool.open(logins.api(), PoolLimits.occasional(CATALOG_CONNECTIONS, WAIT)));
      var size = Math.max(1, configuration.number(DB_MAX_POOL_SIZE));
      var authPool = hold(Pool.open(logins.auth(), new PoolLimits(size, WAIT)));
      rest =
          hold(
              new RestServer(
                  Choices.settings(inForce(first)),
                  apiPool,
                  Choices.lanes(first),
                  verifier,
                  events,
                  Optional.of(first.text(DB_CHANNEL)).filter(_ -> first.flag(DB_CHANNEL_ENABLED)),
                  this::heard));
      var auth =
          hold(
              new AuthServer(
                  settings,
                  additions,
                  authPool,
                  keys.jwt(),
                  authParts.mailer(events),
                  clock,
                  events));
      var realtimePool = hold(Pool.open(logins.api(), new PoolLimits(REALTIME_CONNECTIONS, WAIT)));
      var realtime =
          new RealtimeServer(
              RealtimeLimits.DEFAULT,
              new RealtimeServer.Ground(
                  realtimePool, logins.replication(), verifier, keys.api(), clock),
              events);
      functions = functions(tools.functions(), logins, keys, clock);
      var services =
          SupabaseBackend.Services.of(rest, auth)
              .withStorage(storage(logins, keys, size, tools.images(), http.files(), clock))
              .withRealtime(realtime)
              .withFunctions(
                  functions
                      .<Handler>map(ServedFunctions::server)
                      .orElse(new NotServed("functions are", FUNCTIONS)));
      var backend = new SupabaseBackend(keys.api(), rule(configuration), services, version);
      var prefixes = new Prefixes(http.runner(), backend.mounts(), MAX_BODY_BYTES);
      listener = http.serve(listenAt(configuration), prefixes);
      hold(() -> listener.drain(DRAIN));
      hold(realtime);
      jobs(http, logins, clock);
      started = true;
    } catch (RuntimeException failed) {
      close();
      throw failed;
    }
  }

  private Handler storage(
      BackendLogins logins,
      EnvironmentKeys keys,
      int connections,
      Function<Path, ImageTools> images,
      FileCache memory,
      Clock clock) {
    if (!configuration.has(STORAGE_FOLDER)) {
      return new NotServed("storage is", STORAGE_FOLDER);
    }
    var pool = hold(Pool.open(logins.storage(), new PoolLimits(connections, WAIT)));
    return hold(StorageService.open(
            StorageChoices.settings(configuration),
            StorageChoices.place(configuration, images),
            memory,
            pool,
            keys.jwt(),
            StorageChoices.credentials(configuration, keys),
            clock,
            events))
        .server();
  }

  /// Works jobs off where it may: as a superuser in `db-uri`.
  private void jobs(HttpEngine http, BackendLogins logins, Clock clock) {
    if (configuration.text(JOBS).equals("false")) {
      return;
    }
    if (logins.superuser().isEmpty()) {
      events.publish(new JobsLeft());
      return;
    }
    var place =
        new Jobs.Place(
            logins.superuser().get(),
            new JobLogins(logins.owner()),
            OldProject.none(address()),
            own(configuration.text(HOST)),
            Set.copyOf(configuration.list(NET_ALLOWED_HOSTS)),
            "");
    hold(new Jobs(place, http, clock, events)).start();
  }

  private Optional<ServedFunctions> functions(
      FunctionBundles bundles, BackendLogins logins, EnvironmentKeys keys, Clock clock) {
    if (!configuration.has(FUNCTIONS)) {
      return Optional.empty();
    }
    var database =
        logins.superuser().isPresent()
            ? logins.owner().get()
            : ConnectionString.read(configuration.text(DB_URI), configuration.environment());
    var surroundings =
        new ServedFunctions.Surroundings(keys, verifier, database, this::port, this::address);
    return Optional.of(
        hold(new ServedFunctions(configuration, bundles, surroundings, clock, events)));
  }

  /// Bundles the functions anew, where there are any.
  public void reloadFunctions() {
    functions.ifPresent(ServedFunctions::reload);
  }

  /// Where clients reach us, without a slash at the end.
  private String address() {
    var host = configuration.text(HOST);
    var address =
        configuration.has(API_EXTERNAL_URL)
            ? configuration.text(API_EXTERNAL_URL)
            : "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    return address.replaceFirst("/+$", "");
  }

  /// Where we serve, as we ask ourselves.
  private static InetAddress own(String host) {
    try {
      var address = InetAddress.getByName(host);
      return address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
    } catch (UnknownHostException e) {
      return InetAddress.getLoopbackAddress();
    }
  }

  private static SupabaseBackend.Keys rule(BackendConfiguration configuration) {
    boolean required =
        configuration.has(REQUIRE_API_KEY)
            ? configuration.flag(REQUIRE_API_KEY)
            : !configuration.flag(DEMO_KEYS);
    return required ? SupabaseBackend.Keys.REQUIRED : SupabaseBackend.Keys.OPTIONAL;
  }

  /// With what the database holds of the data API's configuration, when it can be asked.
  private Configuration inForce(Configuration first) {
    if (!first.flag(DB_CONFIG)) {
      return first;
    }
    try {
      return configuration.dataApi(DatabaseSettings.read(apiPool, first.function(DB_PRE_CONFIG)));
    } catch (PostgresException | ProblemException e) {
      events.publish(new SettingsUnread(String.valueOf(e.getMessage())));
      return first;
    }
  }

  /// `NOTIFY pgrst, 'reload config'`, which may come before the constructor is through.
  private void heard() {
    if (started) {
      rest.configure(Choices.settings(inForce(configuration.dataApi(Map.of()))), verifier);
    }
  }

  private static ListenSpec listenAt(BackendConfiguration configuration) {
    var usual = Limits.DEFAULT;
    return ListenSpec.tcp(configuration.text(HOST), configuration.number(PORT))
        .with(
            new Limits(
                MAX_BODY_BYTES,
                2 * MAX_TARGET_BYTES,
                MAX_TARGET_BYTES,
                usual.maxInFlight(),
                usual.maxConnections(),
                usual.idle()));
  }

  /// Something in the project's `config.toml` goes without effect.
  record NotFollowed(String why) implements Event {
    @Override
    public String describe() {
      return "not followed of auth-config: " + why;
    }
  }

  /// Nobody works the database's jobs off.
  record JobsLeft() implements Event {
    @Override
    public String describe() {
      return "scheduled jobs and requests of the database are left to others: db-uri is no"
          + " superuser";
    }
  }

  /// What the database holds of the configuration could not be used.
  record SettingsUnread(String why) implements Event {
    @Override
    public String describe() {
      return "the database's part of the configuration is left out: " + why;
    }
  }

  /// The port it listens on.
  public int port() {
    return listener.port();
  }

  /// Ends what is open, the last first.
  @Override
  public void close() {
    for (var last = open.pollFirst(); last != null; last = open.pollFirst()) {
      try {
        last.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private <T extends AutoCloseable> T hold(T part) {
    open.addFirst(part);
    return part;
  }
}
