package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.supabase.SupabaseBackend;
import dev.freehold.backend.supabase.auth.AuthMail;
import dev.freehold.backend.supabase.auth.AuthServer;
import dev.freehold.backend.supabase.auth.Mailer;
import dev.freehold.backend.supabase.mail.MailFolder;
import dev.freehold.backend.supabase.rest.RestServer;
import dev.freehold.backend.supabase.rest.standalone.Choices;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.Limits;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/// The whole Supabase wire on one port, over any PostgreSQL, as the Supabase CLI's local stack
/// serves it: `/rest/v1`, `/auth/v1` and, until they come, honest refusals of the others.
public final class BackendServer implements AutoCloseable {
  /// How long requests may go on after the end was asked for.
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /// How long a request of the auth server waits for a connection.
  private static final Duration WAIT = Duration.ofSeconds(10);

  /// Request lines are longer here than a browser's: filters stand in them.
  private static final int MAX_TARGET_BYTES = 64 * 1024;

  private static final int MAX_BODY_BYTES = 64 << 20;
  private static final int MAX_PORT = 65_535;

  private final HttpEngine http;
  private final Pool apiPool;
  private final Pool authPool;
  private final RestServer rest;
  private final Listener listener;

  /// Prepares the database where that is asked for, then listens.
  ///
  /// @param environment the process's variables
  /// @param version this program's version, named by services that are not here yet
  /// @throws dev.freehold.problem.ProblemException what [BackendLogins] and [BackendKeys] state,
  ///   `listen-address-unavailable`
  public BackendServer(
      BackendConfiguration configuration,
      Map<String, String> environment,
      String version,
      Clock clock,
      Events events) {
    if (configuration.number(PORT) > MAX_PORT) {
      throw BackendConfiguration.invalid(PORT, "it is a number from 0 to " + MAX_PORT).raise();
    }
    var keys = BackendKeys.of(configuration);
    var settings = AuthChoices.of(configuration);
    var logins = BackendLogins.prepare(configuration, environment);
    var dataApi = configuration.dataApi();
    http = HttpEngine.start(events);
    apiPool = Pool.open(logins.api(), Choices.pool(dataApi));
    authPool =
        Pool.open(
            logins.auth(),
            new PoolLimits(Math.max(1, configuration.number(DB_MAX_POOL_SIZE)), WAIT));
    rest = new RestServer(Choices.settings(dataApi), apiPool, keys.jwt().verifier(clock), events);
    var auth =
        new AuthServer(
            settings, authPool, keys.jwt(), mailer(configuration, events), clock, events);
    var rule =
        configuration.has(REQUIRE_API_KEY)
            ? configuration.flag(REQUIRE_API_KEY)
            : !configuration.flag(DEMO_KEYS);
    var backend =
        new SupabaseBackend(
            keys.api(),
            rule ? SupabaseBackend.Keys.REQUIRED : SupabaseBackend.Keys.OPTIONAL,
            rest,
            auth,
            version);
    try {
      listener = http.listen(listenAt(configuration), new Prefixes(backend.mounts()));
    } catch (RuntimeException failed) {
      closeAll();
      throw failed;
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

  private static Mailer mailer(BackendConfiguration configuration, Events events) {
    return configuration.has(MAIL_FOLDER)
        ? new MailFolder(Path.of(configuration.text(MAIL_FOLDER)))
        : mail -> events.publish(new MailDropped(mail));
  }

  /// A mail went nowhere, because no folder is set for it.
  record MailDropped(AuthMail mail) implements Event {
    @Override
    public String describe() {
      return mail + " was not kept: mail-folder is not set";
    }
  }

  /// The port it listens on.
  public int port() {
    return listener.port();
  }

  @Override
  public void close() {
    listener.drain(DRAIN);
    closeAll();
  }

  private void closeAll() {
    rest.close();
    apiPool.close();
    authPool.close();
    http.close();
  }
}
