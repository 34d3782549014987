package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.VaultKey;
import dev.freehold.cluster.Cluster;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.OsUser;
import dev.freehold.postgres.Database;
import dev.freehold.secret.Secrets;
import dev.freehold.target.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/// Where one Environment's rows are: a cluster of ours, or the owner's own PostgreSQL.
final class EnvironmentDatabase {
  private final Environment environment;
  private final EnvironmentSecrets passwords;
  private final Secrets secrets;
  private final Engines engines;
  private final HostPaths paths;
  private boolean ready;

  EnvironmentDatabase(
      Environment environment,
      EnvironmentSecrets passwords,
      Secrets secrets,
      Engines engines,
      HostPaths paths) {
    this.environment = environment;
    this.passwords = passwords;
    this.secrets = secrets;
    this.engines = engines;
    this.paths = paths;
  }

  /// Starts it, or makes it first, and brings the prelude to this version's. Harmless when done.
  synchronized void prepare(Consumer<String> log) {
    if (ready && running()) {
      return;
    }
    switch (environment.database()) {
      case OWN_CLUSTER -> {
        var cluster = cluster(log);
        if (!cluster.exists()) {
          log.accept("making a PostgreSQL cluster for " + environment.id());
          cluster.create();
        }
        cluster.start();
      }
      case EXTERNAL -> log.accept("using the PostgreSQL at " + superuser());
    }
    Prelude.apply(superuser(), passwords.roles(environment));
    if (environment.database() == Environment.DatabaseChoice.OWN_CLUSTER) {
      keepVaultKey();
    }
    ready = true;
  }

  /// The vault's key, where the server can read it and no copy of the data holds it.
  private void keepVaultKey() {
    var file = paths.cluster(environment).resolve("vault.key");
    DurableFiles.writeSecret(
        file, passwords.vaultKey(environment).getBytes(StandardCharsets.US_ASCII));
    DurableFiles.giveTo(OsUser.ensure(Cluster.OS_USER), file);
    VaultKey.keepIn(file, superuser());
  }

  /// As the role that may do everything.
  Database superuser() {
    return switch (environment.database()) {
      case OWN_CLUSTER -> cluster(line -> {}).database();
      case EXTERNAL ->
          DatabaseUrl.parse(secrets.own(environment, Target.DATABASE_URL_SECRET).orElseThrow());
    };
  }

  /// As the role that runs the app's schema migrations.
  Database owner() {
    return Prelude.owner(superuser(), passwords.roles(environment));
  }

  /// As the role that the data API enters with.
  Database authenticator() {
    return superuser().as("authenticator", passwords.roles(environment).authenticator());
  }

  /// As the role of the auth server.
  Database auth() {
    return superuser().as("supabase_auth_admin", passwords.roles(environment).auth());
  }

  /// As the role of the storage server.
  Database storage() {
    return superuser().as("supabase_storage_admin", passwords.roles(environment).storage());
  }

  synchronized void stop() {
    ready = false;
    if (environment.database() == Environment.DatabaseChoice.OWN_CLUSTER && exists()) {
      cluster(line -> {}).stop();
    }
  }

  /// Stops a cluster of ours and removes it, keeping an archive where one is wanted. An owner's own
  /// PostgreSQL is left as it is.
  synchronized Optional<Path> remove(Optional<Path> finalDump, Consumer<String> log) {
    ready = false;
    if (environment.database() == Environment.DatabaseChoice.EXTERNAL) {
      log.accept("your own PostgreSQL is left as it is");
      return Optional.empty();
    }
    var cluster = cluster(log);
    if (!cluster.exists()) {
      return Optional.empty();
    }
    cluster.stop();
    var kept = finalDump.map(folder -> cluster.archive(folder, environment.app().text()));
    kept.ifPresent(file -> log.accept("kept a final dump: " + file));
    cluster.destroy();
    return kept;
  }

  boolean running() {
    return environment.database() == Environment.DatabaseChoice.EXTERNAL
        || (exists() && cluster(line -> {}).running());
  }

  /// The cluster's processes, for the sum of memory.
  Optional<Long> pid() {
    return environment.database() == Environment.DatabaseChoice.OWN_CLUSTER && exists()
        ? cluster(line -> {}).status().pid().stream().boxed().findFirst()
        : Optional.empty();
  }

  /// Whether there is something to connect to, running or not.
  boolean made() {
    return environment.database() == Environment.DatabaseChoice.EXTERNAL
        || (exists() && cluster(line -> {}).exists());
  }

  private boolean exists() {
    return java.nio.file.Files.exists(paths.cluster(environment));
  }

  private Cluster cluster(Consumer<String> log) {
    return engines.cluster(
        paths.cluster(environment), passwords.superuser(environment), environment.id(), log);
  }
}
