package dev.freehold.backend.supabase.rest.standalone;

import static dev.freehold.backend.supabase.rest.config.ConfigOption.*;

import dev.freehold.backend.supabase.rest.RestServer;
import dev.freehold.backend.supabase.rest.config.Configuration;
import dev.freehold.backend.supabase.rest.config.ConnectionString;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.Limits;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.postgres.Pool;
import dev.freehold.telemetry.Events;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/// One REST server on a port of its own, as a PostgREST process is: over any PostgreSQL, by
/// PostgREST's own configuration.
public final class StandaloneServer implements AutoCloseable {
  /// How long requests may go on after the end was asked for.
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /// Request lines are longer here than a browser's: filters stand in them.
  private static final int MAX_TARGET_BYTES = 64 * 1024;

  private static final int MAX_BODY_BYTES = 64 << 20;

  private final HttpEngine http;
  private final Pool pool;
  private final RestServer rest;
  private final Listener listener;

  /// Listens as soon as it returns, whether or not the database answers.
  public StandaloneServer(
      Configuration configuration, Map<String, String> environment, Clock clock, Events events) {
    var database = ConnectionString.read(configuration.text(DB_URI), environment);
    var verifier = Choices.verifier(configuration, clock);
    http = HttpEngine.start(events);
    pool = Pool.open(database, Choices.pool(configuration));
    rest = new RestServer(Choices.settings(configuration), pool, verifier, events);
    listener = http.listen(listenAt(configuration), rest);
  }

  private static ListenSpec listenAt(Configuration configuration) {
    var usual = Limits.DEFAULT;
    return ListenSpec.tcp(
            host(configuration.text(SERVER_HOST)),
            (int) configuration.number(SERVER_PORT).orElse(0))
        .with(
            new Limits(
                MAX_BODY_BYTES,
                2 * MAX_TARGET_BYTES,
                MAX_TARGET_BYTES,
                usual.maxInFlight(),
                usual.maxConnections(),
                usual.idle()));
  }

  /// PostgREST's words for every address of this machine, by IP version.
  private static String host(String word) {
    return switch (word) {
      case "*", "*4", "!4" -> "0.0.0.0";
      case "*6", "!6" -> "::";
      default -> word;
    };
  }

  /// The port it listens on.
  public int port() {
    return listener.port();
  }

  @Override
  public void close() {
    listener.drain(DRAIN);
    rest.close();
    pool.close();
    http.close();
  }
}
