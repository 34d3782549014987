package dev.freehold.target.thishost;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.ai.AiServer;
import dev.freehold.backend.mail.MailGateway;
import dev.freehold.backend.supabase.SupabaseBackend;
import dev.freehold.backend.supabase.functions.FunctionLimits;
import dev.freehold.backend.supabase.functions.FunctionServer;
import dev.freehold.backend.supabase.jobs.JobLogins;
import dev.freehold.backend.supabase.jobs.Jobs;
import dev.freehold.backend.supabase.jobs.OldProject;
import dev.freehold.backend.supabase.realtime.RealtimeLimits;
import dev.freehold.backend.supabase.realtime.RealtimeServer;
import dev.freehold.backend.supabase.rest.RestServer;
import dev.freehold.backend.supabase.rest.RestSettings;
import dev.freehold.backend.supabase.storage.S3Credentials;
import dev.freehold.backend.supabase.storage.StorageService;
import dev.freehold.backend.supabase.storage.StorageSettings;
import dev.freehold.edge.Mount;
import dev.freehold.http.Handler;
import dev.freehold.http.HttpEngine;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.postgres.wire.LaneLimits;
import dev.freehold.telemetry.Events;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// The Supabase-compatible services of one Environment, on its own database and keys. Built without
/// touching the database, so that the edge has its routes while a cluster still starts.
final class EnvironmentBackend implements AutoCloseable {
  private static final int REST_CONNECTIONS = 10;
  private static final int CATALOG_CONNECTIONS = 2;
  private static final int AUTH_CONNECTIONS = 4;
  private static final int STORAGE_CONNECTIONS = 6;
  private static final int REALTIME_CONNECTIONS = 4;
  private static final Duration WAIT = Duration.ofSeconds(10);
  private static final int MAX_BODY_BYTES = 16 << 20;

  private final Pool restPool;
  private final Pool authPool;
  private final Pool storagePool;
  private final Pool realtimePool;
  private final RestServer rest;
  private final EnvironmentAuth auth;
  private final StorageService storage;
  private final RealtimeServer realtime;
  private final Jobs jobs;
  private final EnvironmentProviders providers;
  private final FunctionServer functions;
  private final AiServer ai;
  private final MailGateway mail;
  private final List<Mount> mounts;

  EnvironmentBackend(
      EnvironmentDatabase database,
      EnvironmentKeys keys,
      String publicUrl,
      EnvironmentProviders providers,
      AuthRecord record,
      Path mails,
      StorageService.Place files,
      AiServer ai,
      Function<MailGateway.Outbox, MailGateway> mail,
      HttpEngine http,
      String scope,
      String version,
      Clock clock,
      Events events) {
    this.providers = providers;
    this.ai = ai;
    this.restPool =
        Pool.open(database.authenticator(), PoolLimits.occasional(CATALOG_CONNECTIONS, WAIT));
    this.authPool = Pool.open(database.auth(), new PoolLimits(AUTH_CONNECTIONS, WAIT));
    this.storagePool = Pool.open(database.storage(), new PoolLimits(STORAGE_CONNECTIONS, WAIT));
    var verifier = keys.jwt().verifier(clock);
    var limits = new LaneLimits(REST_CONNECTIONS, WAIT);
    this.rest = new RestServer(RestSettings.supabase(), restPool, limits, verifier, events);
    this.auth =
        new EnvironmentAuth(record, providers, authPool, keys, publicUrl, mails, clock, events);
    this.mail = mail.apply(auth::put);
    this.storage =
        StorageService.open(
            StorageSettings.DEFAULT,
            files,
            http.files(),
            storagePool,
            keys.jwt(),
            S3Credentials.of(keys.jwt(), keys.api()),
            clock,
            events);
    this.jobs =
        new Jobs(
            new Jobs.Place(
                database.superuser(),
                new JobLogins(database::owner),
                OldProject.none(publicUrl),
                InetAddress.getLoopbackAddress(),
                Set.of(),
                scope),
            http,
            clock,
            events);
    this.functions = new FunctionServer(scope, verifier, FunctionLimits.DEFAULT, clock, events);
    this.realtimePool =
        Pool.open(database.authenticator(), new PoolLimits(REALTIME_CONNECTIONS, WAIT));
    this.realtime =
        new RealtimeServer(
            RealtimeLimits.DEFAULT,
            new RealtimeServer.Ground(
                realtimePool, database.replication(), verifier, keys.api(), clock),
            events);
    var services =
        SupabaseBackend.Services.of(rest, auth)
            .withStorage(storage.server())
            .withRealtime(realtime)
            .withFunctions(functions);
    var all = new TreeMap<String, Handler>();
    all.putAll(
        new SupabaseBackend(keys.api(), SupabaseBackend.Keys.REQUIRED, services, version).mounts());
    all.put(EnvironmentAi.PREFIX, ai);
    all.put(EnvironmentMail.PREFIX, this.mail);
    this.mounts =
        all.entrySet().stream()
            .map(mount -> new Mount(mount.getKey(), mount.getValue(), MAX_BODY_BYTES))
            .toList();
  }

  StorageService files() {
    return storage;
  }

  EnvironmentProviders providers() {
    return providers;
  }

  FunctionServer functions() {
    return functions;
  }

  AiServer ai() {
    return ai;
  }

  MailGateway mail() {
    return mail;
  }

  List<Mount> mounts() {
    return mounts;
  }

  EnvironmentAuth auth() {
    return auth;
  }

  RealtimeServer realtime() {
    return realtime;
  }

  Jobs jobs() {
    return jobs;
  }

  /// Looks at the schema anew: after schema migrations.
  void reload() {
    rest.reload();
  }

  /// The Environment is being removed: nothing of it is kept in an owner's own PostgreSQL.
  void forget() {
    realtime.forget();
  }

  /// The end is near: nothing is begun any more that can wait.
  void hurry() {
    functions.hurry();
  }

  @Override
  public void close() {
    jobs.close();
    functions.close();
    ai.close();
    realtime.close();
    auth.close();
    rest.close();
    storage.close();
    storagePool.close();
    restPool.close();
    authPool.close();
    realtimePool.close();
  }
}
