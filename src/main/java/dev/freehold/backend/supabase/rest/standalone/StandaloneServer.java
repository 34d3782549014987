package dev.freehold.backend.supabase.rest.standalone;

import static dev.freehold.backend.supabase.rest.config.ConfigOption.*;

import dev.freehold.backend.supabase.rest.RestServer;
import dev.freehold.backend.supabase.rest.config.Configuration;
import dev.freehold.backend.supabase.rest.config.ConfigurationSource;
import dev.freehold.backend.supabase.rest.config.ConnectionString;
import dev.freehold.backend.supabase.rest.config.DatabaseSettings;
import dev.freehold.backend.supabase.rest.schema.Catalog;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.Listener;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One REST server on a port of its own, as a PostgREST process is: over any PostgreSQL, by
/// PostgREST's own configuration.
///
/// It listens whether or not the database answers, and reads the schema, and what the database
/// holds of the configuration, as soon as it does.
public final class StandaloneServer implements AutoCloseable {
  /// How long requests may go on after the end was asked for.
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /// How soon a schema that has to be read again is read, and the longest pause while it cannot be.
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(32);

  /// How long a request waits for the first reading of the database, right after the start.
  private static final Duration FIRST_READING = Duration.ofSeconds(5);

  /// The catalogs are read by connections of their own, now and then.
  private static final PoolLimits CATALOGS = PoolLimits.occasional(2, Duration.ofSeconds(5));

  private final ConfigurationSource source;
  private final Clock clock;
  private final ProcessLog log;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Pool pool;
  private final RestServer rest;
  private final Front front;
  private final Listener listener;
  private volatile Configuration configuration;
  private volatile ConfiguredVerifier verifier;
  private volatile boolean databaseRead;
  private volatile boolean doubted;
  private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /// @throws ProblemException for a configuration that is not usable and an address that is taken
  public StandaloneServer(ConfigurationSource source, Clock clock, ProcessLog log) {
    this.source = source;
    this.clock = clock;
    this.log = log;
    try {
      var first = source.read(Map.of());
      log.level(first.text(LOG_LEVEL));
      var counts = new Counts(log);
      pool = hold(open(first, source));
      configuration = first;
      verifier = Choices.verifier(first, clock);
      var http = hold(HttpEngine.start(counts));
      rest =
          hold(
              new RestServer(
                  Choices.settings(first),
                  pool,
                  Choices.lanes(first),
                  verifier,
                  counts,
                  Optional.of(first.text(DB_CHANNEL)).filter(_ -> first.flag(DB_CHANNEL_ENABLED)),
                  new Heard()));
      rest.noteStatements(first.flag(LOG_QUERY));
      front = new Front(rest, log, this::begun, Choices.manners(first));
      listener = Listening.main(http, first, front);
      hold(() -> listener.drain(DRAIN));
      var admin =
          new Admin(rest, counts, () -> verifier, () -> Listening.reachable(first, listener));
      Listening.admin(http, first, admin)
          .ifPresent(other -> {
            hold(other);
            log.say("admin server listening on port " + other.port());
          });
      log.say("listening on " + Listening.address(first, listener));
      var loader = Thread.ofVirtual().name("schema-loader").start(this::keepLoaded);
      hold(loader::interrupt);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// The configuration in force, without serving: what the database holds included.
  public static Configuration configuration(ConfigurationSource source) {
    var first = source.read(Map.of());
    var unused = Choices.verifier(first, Clock.systemUTC());
    if (!first.flag(DB_CONFIG)) {
      return first;
    }
    try (var pool = open(first, source)) {
      return source.read(DatabaseSettings.read(pool, first.function(DB_PRE_CONFIG)));
    } catch (PostgresException e) {
      if (e.failure() instanceof PostgresFailure.NotAdmitted) {
        throw unusable(e).raise(e);
      }
      return first;
    }
  }

  /// What the database exposes, without serving.
  public static SchemaCache schema(ConfigurationSource source) {
    var configuration = configuration(source);
    try (var pool = open(configuration, source)) {
      return Catalog.load(
          pool, configuration.list(DB_SCHEMAS), configuration.list(DB_EXTRA_SEARCH_PATH));
    } catch (PostgresException e) {
      throw unusable(e).raise(e);
    }
  }

  private static Pool open(Configuration configuration, ConfigurationSource source) {
    return Pool.open(
        ConnectionString.read(configuration.text(DB_URI), source.environment()), CATALOGS);
  }

  private static Problem unusable(PostgresException why) {
    return Problem.of("rest-database-unusable", "the database cannot be used")
        .detail(String.valueOf(why.getMessage()))
        .hint("db-uri says where it is and who enters it");
  }

  /// The port it listens on; 0 on a Unix socket.
  public int port() {
    return listener.port();
  }

  /// Waits until the server has to end.
  ///
  /// @throws ProblemException when a fault ended it: the login is refused, or, where
  ///   `db-pool-automatic-recovery` is off, the database is not reached
  public void await() {
    try {
      ended.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof ProblemException problem ? problem : e;
    }
  }

  /// Lets [#await] return.
  ///
  /// @param signal by which it was asked for, for the log
  public void end(String signal) {
    log.say("received " + signal + ", ending");
    ended.complete(null);
  }

  /// The schema is read again.
  public void reloadSchema() {
    rest.reload();
  }

  /// The file, the environment and the database are read again. What is wrong with them is told,
  /// and everything stays as it was. Where it listens, its pool and its log level stay in any case.
  public void reloadConfiguration() {
    var unused = readConfiguration();
  }

  /// @return whether it is known; not while the database that holds a part of it is away
  private synchronized boolean readConfiguration() {
    try {
      var next = inForce(source.read(Map.of()));
      verifier = Choices.verifier(next, clock);
      configuration = next;
      front.behave(Choices.manners(next));
      rest.noteStatements(next.flag(LOG_QUERY));
      rest.configure(Choices.settings(next), verifier);
      log.say("configuration read again");
      return true;
    } catch (ProblemException e) {
      log.say("the configuration stays as it was: " + e.getMessage());
      return true;
    } catch (PostgresException e) {
      log.say("the configuration stays as it was, the database is away: " + e.getMessage());
      return false;
    }
  }

  /// The schema in use, when it is known.
  Optional<SchemaCache> schema() {
    return rest.schema();
  }

  /// From the connection that listens to `NOTIFY`, which may be faster than the constructor and the
  /// first reading.
  private final class Heard implements RestServer.Configurer {
    @Override
    public void reload() {
      if (databaseRead) {
        reloadConfiguration();
      }
    }

    @Override
    public void lost() {
      doubted = true;
      log.say("the database is gone; its connections are made anew as soon as it answers");
      if (!recovers()) {
        ended.completeExceptionally(lastOf("the connection that listens broke").raise());
      }
    }
  }

  private boolean recovers() {
    return configuration.flag(DB_POOL_AUTOMATIC_RECOVERY);
  }

  private static Problem lastOf(String why) {
    return Problem.of("rest-database-unusable", "the database cannot be used")
        .detail(why)
        .hint("db-pool-automatic-recovery = false ends the server then, for its keeper to start");
  }

  /// With what the database holds, when it lets us ask.
  ///
  /// @throws PostgresException when it is away
  private Configuration inForce(Configuration first) {
    if (!first.flag(DB_CONFIG)) {
      return first;
    }
    try {
      return source.read(DatabaseSettings.read(pool, first.function(DB_PRE_CONFIG)));
    } catch (PostgresException e) {
      if (!(e.failure() instanceof PostgresFailure.Refused) || e.breaksConnection()) {
        throw e;
      }
      log.say("the database's part of the configuration could not be read: " + e.getMessage());
      return first;
    }
  }

  /// Whether what the database holds of the configuration is known. Right after the start a request
  /// waits for that; nothing is served by half a configuration.
  private boolean begun() {
    if (databaseRead) {
      return true;
    }
    try {
      return begun.get(FIRST_READING.toMillis(), TimeUnit.MILLISECONDS) && databaseRead;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /// Reads the schema whenever it has to be read, before a request asks for it.
  private void keepLoaded() {
    var pause = FIRST_PAUSE;
    while (!ended.isDone()) {
      var known = loaded();
      begun.complete(databaseRead);
      pause = known || pause.compareTo(LONGEST_PAUSE) >= 0 ? FIRST_PAUSE : pause.multipliedBy(2);
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private boolean loaded() {
    doubted = doubted && !rest.connected();
    if (rest.schema().isPresent() && !doubted) {
      return true;
    }
    try {
      // Where the schema is known this asks whether we are still let in: what listens cannot say.
      rest.connect();
      if (!databaseRead) {
        databaseRead = !configuration.flag(DB_CONFIG) || readConfiguration();
      }
      return databaseRead && rest.ready();
    } catch (PostgresException e) {
      log.say("the database cannot be reached: " + e.getMessage());
      if (e.failure() instanceof PostgresFailure.NotAdmitted) {
        ended.completeExceptionally(unusable(e).raise(e));
      } else if (!recovers()) {
        ended.completeExceptionally(lastOf(String.valueOf(e.getMessage())).raise(e));
      }
      return false;
    }
  }

  @Override
  public void close() {
    ended.complete(null);
    synchronized (open) {
      while (!open.isEmpty()) {
        var next = open.pop();
        try {
          next.close();
        } catch (Exception e) {
          log.say("while stopping: " + e);
        }
      }
    }
  }

  private <T extends AutoCloseable> T hold(T part) {
    open.push(part);
    return part;
  }
}
