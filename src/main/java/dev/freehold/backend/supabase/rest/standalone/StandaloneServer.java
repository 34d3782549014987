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
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /// SQLSTATE class of a login that is refused.
  private static final String LOGIN_REFUSED = "28";

  private final ConfigurationSource source;
  private final Clock clock;
  private final ProcessLog log;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Pool pool;
  private final RestServer rest;
  private final Front front;
  private final Listener listener;
  private final Thread loader;
  private volatile Configuration configuration;
  private volatile ConfiguredVerifier verifier;
  private volatile boolean databaseRead;
  private volatile boolean closed;

  /// @throws ProblemException for a configuration that is not usable, a login that is refused and
  ///   an address that is taken
  public StandaloneServer(ConfigurationSource source, Clock clock, ProcessLog log) {
    this.source = source;
    this.clock = clock;
    this.log = log;
    try {
      var first = source.read(Map.of());
      log.level(first.text(LOG_LEVEL));
      var counts = new Counts(log);
      pool = hold(open(first, source));
      configuration = inForce(first);
      verifier = Choices.verifier(configuration, clock);
      var http = hold(HttpEngine.start(counts));
      rest =
          hold(
              new RestServer(
                  Choices.settings(configuration),
                  pool,
                  verifier,
                  counts,
                  Optional.of(first.text(DB_CHANNEL)).filter(_ -> first.flag(DB_CHANNEL_ENABLED)),
                  this::heard));
      front = new Front(rest, log, Choices.manners(configuration));
      listener = Listening.main(http, first, front);
      hold(() -> listener.drain(DRAIN));
      Listening.admin(http, first, new Admin(this, pool, counts, () -> verifier))
          .ifPresent(admin -> {
            hold(admin);
            log.say("admin server listening on port " + admin.port());
          });
      log.say("listening on " + Listening.address(first, listener));
      loader = Thread.ofVirtual().name("schema-loader").start(this::keepLoaded);
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
        ConnectionString.read(configuration.text(DB_URI), source.environment()),
        Choices.pool(configuration));
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

  /// The schema is read again.
  public void reloadSchema() {
    rest.reload();
  }

  /// The file, the environment and the database are read again. What is wrong with them is told,
  /// and everything stays as it was. Where it listens, its pool and its log level stay in any case.
  public synchronized void reloadConfiguration() {
    try {
      var next = inForce(source.read(Map.of()));
      verifier = Choices.verifier(next, clock);
      configuration = next;
      front.behave(Choices.manners(next));
      rest.configure(Choices.settings(next), verifier);
      log.say("configuration read again");
    } catch (ProblemException e) {
      log.say("the configuration stays as it was: " + e.getMessage());
    }
  }

  /// The schema in use, when it is known.
  Optional<SchemaCache> schema() {
    return rest.schema();
  }

  /// From the connection that listens to `NOTIFY`, which may be faster than the constructor.
  private void heard() {
    @Nullable Thread ready = loader;
    if (ready != null) {
      reloadConfiguration();
    }
  }

  /// With what the database holds, when it can be asked.
  private Configuration inForce(Configuration first) {
    if (!first.flag(DB_CONFIG)) {
      databaseRead = true;
      return first;
    }
    try {
      var held = DatabaseSettings.read(pool, first.function(DB_PRE_CONFIG));
      databaseRead = true;
      return source.read(held);
    } catch (PostgresException e) {
      if (loginRefused(e)) {
        throw unusable(e).raise(e);
      }
      log.say("the database's part of the configuration could not be read: " + e.getMessage());
      databaseRead = e.failure() instanceof PostgresFailure.Refused;
      return first;
    }
  }

  private static boolean loginRefused(Throwable why) {
    for (var cause = why; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException e
          && e.getSQLState() != null
          && e.getSQLState().startsWith(LOGIN_REFUSED)) {
        return true;
      }
    }
    return false;
  }

  /// Reads the schema whenever it has to be read, before a request asks for it.
  private void keepLoaded() {
    var pause = FIRST_PAUSE;
    while (!closed) {
      if (!databaseRead) {
        reloadConfiguration();
      }
      var known = rest.ready();
      pause = known || pause.compareTo(LONGEST_PAUSE) >= 0 ? FIRST_PAUSE : pause.multipliedBy(2);
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    while (!open.isEmpty()) {
      var next = open.pop();
      try {
        next.close();
      } catch (Exception e) {
        log.say("while stopping: " + e);
      }
    }
  }

  private <T extends AutoCloseable> T hold(T part) {
    open.push(part);
    return part;
  }
}
