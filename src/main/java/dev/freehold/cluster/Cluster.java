package dev.freehold.cluster;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.OsUser;
import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import dev.freehold.telemetry.Events;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One PostgreSQL server with its data folder, below `home`.
///
/// The server is a process of its own that outlives us: when Freehold is killed, apps keep their
/// database, and the next [#start] adopts the running server. [#stop] works on an adopted one too.
/// As root everything of the server runs and lies as the OS user `freehold-postgres`; otherwise as
/// the account we run as. One caller at a time; different Clusters do not disturb each other.
///
/// Below `home`: `data` (the server's), `socket`, `postgresql.conf`, `pg_hba.conf`,
/// `pg_ident.conf`, `port`, `postgres.log`.
public final class Cluster {
  /// The superuser of every Cluster; only Freehold knows its password.
  public static final String SUPERUSER = "supabase_admin";

  /// The OS user that servers run as when we are root.
  public static final String OS_USER = "freehold-postgres";

  private static final String DATABASE = "postgres";
  private static final Duration CREATE_TIMEOUT = Duration.ofMinutes(3);
  private static final Duration FAST_STOP_PATIENCE = Duration.ofSeconds(30);
  private static final Duration IMMEDIATE_STOP_PATIENCE = Duration.ofSeconds(15);
  private static final long MAX_LOG_BYTES = 4L << 20;
  private static final int FIRST_BUILTIN_LOCALE_MAJOR = 17;

  private final Path home;
  private final PostgresEngine engine;
  private final String password;
  private final Events events;

  private Cluster(Path home, PostgresEngine engine, String password, Events events) {
    this.home = home.toAbsolutePath().normalize();
    this.engine = engine;
    this.password = password;
    this.events = events;
  }

  /// The Cluster of that folder, made or not.
  ///
  /// @param superuserPassword of [#SUPERUSER]: set by [#create], used by [#start] and [#database]
  public static Cluster at(
      Path home, PostgresEngine engine, String superuserPassword, Events events) {
    return new Cluster(home, engine, superuserPassword, events);
  }

  /// Whether its data folder has been made.
  public boolean exists() {
    return Files.isRegularFile(data().resolve("PG_VERSION"));
  }

  /// Makes the data folder: UTF-8, checksums, passwords by SCRAM only. It is whole or absent, also
  /// after a crash. Does nothing when it exists.
  ///
  /// @throws dev.freehold.problem.ProblemException `cluster-not-created`
  public Cluster create() {
    if (exists()) {
      return this;
    }
    long began = System.nanoTime();
    var user = OsUser.ensure(OS_USER);
    DurableFiles.folder(home);
    sweep(".new-");
    var beside = DurableFiles.secretFolder(home.resolve(".new-" + ProcessHandle.current().pid()));
    var secret = beside.resolve("password");
    var fresh = beside.resolve("data");
    try {
      DurableFiles.writeSecret(secret, password.getBytes(StandardCharsets.UTF_8));
      DurableFiles.giveTo(user, beside);
      var made = Commands.run(initdb(fresh, secret).as(user).in(beside).within(CREATE_TIMEOUT));
      if (!made.ok()) {
        throw Problem.of("cluster-not-created", "PostgreSQL could not make its data folder")
            .detail(made.lastWords())
            .hint("can the OS user " + user.name() + " enter " + home + " and write there?")
            .raise();
      }
      DurableFiles.moveIntoPlace(fresh, data());
    } finally {
      DurableFiles.deleteTree(beside);
    }
    events.publish(new ClusterEvent.Created(home, engine.version(), since(began)));
    return this;
  }

  /// Starts the server, or adopts the one that still runs, and waits until it answers.
  ///
  /// @throws dev.freehold.problem.ProblemException `cluster-missing`, `cluster-version-differs`,
  ///   `cluster-not-started`, `cluster-password-refused`
  public Cluster start() {
    long began = System.nanoTime();
    refuseOtherVersion();
    var running = Postmaster.of(data());
    if (running.isPresent()) {
      var pid = running.get().pid();
      Readiness.await(this::database, () -> Postmaster.worksIn(pid, data()), this::lastLog);
      events.publish(new ClusterEvent.Adopted(home, pid, port()));
      return this;
    }
    configure();
    var user = OsUser.ensure(OS_USER);
    var server =
        Command.of(
                engine.program("postgres"),
                "-D",
                data().toString(),
                "-c",
                "config_file=" + home.resolve("postgresql.conf"))
            .as(user)
            .in(home);
    var process = Commands.startDetached(server, log());
    Readiness.await(this::database, process::isAlive, this::lastLog);
    events.publish(new ClusterEvent.Started(home, process.pid(), port(), since(began)));
    return this;
  }

  /// Whether the server runs.
  public boolean running() {
    return Postmaster.of(data()).isPresent();
  }

  /// The database `postgres`, entered as the superuser. It answers while the server runs.
  public Database database() {
    return new Database("127.0.0.1", port(), DATABASE, SUPERUSER, password);
  }

  /// The folder of the server's unix socket, where its path is short enough for one.
  public Optional<Path> socketFolder() {
    return ClusterSettings.socketsFit(home)
        ? Optional.of(ClusterSettings.socketFolder(home))
        : Optional.empty();
  }

  /// Ends the server: connections are cut, what is committed is safe. When that takes too long it
  /// is ended at once, and the next start recovers from the write-ahead log.
  ///
  /// @throws dev.freehold.problem.ProblemException `cluster-not-stopped`
  public void stop() {
    var running = Postmaster.of(data());
    if (running.isEmpty()) {
      return;
    }
    long began = System.nanoTime();
    boolean clean = ended(running.get(), "fast", FAST_STOP_PATIENCE);
    if (!clean && !ended(running.get(), "immediate", IMMEDIATE_STOP_PATIENCE)) {
      throw Problem.of("cluster-not-stopped", "PostgreSQL does not end")
          .detail("process " + running.get().pid() + " of " + data())
          .raise();
    }
    events.publish(new ClusterEvent.Stopped(home, clean, since(began)));
  }

  /// Stops the server and deletes everything of it. There is no way back: [#archive] first.
  public void destroy() {
    stop();
    DurableFiles.deleteTree(home);
  }

  /// Keeps a last copy beside: see [ClusterArchive]. Stops the server unless a dump is possible.
  ///
  /// @param folder where the copy goes, made when missing; only we can read it
  /// @return the copy
  /// @throws dev.freehold.problem.ProblemException `cluster-not-archived`
  public Path archive(Path folder, String name) {
    return new ClusterArchive(this, engine, data()).into(DurableFiles.secretFolder(folder), name);
  }

  public ClusterStatus status() {
    var running = Postmaster.of(data());
    return new ClusterStatus(
        running.map(p -> OptionalLong.of(p.pid())).orElse(OptionalLong.empty()),
        exists() ? port() : 0,
        engine.version(),
        FolderSize.of(data()),
        running.map(Postmaster::memoryBytes).orElse(0L));
  }

  private Command initdb(Path folder, Path secret) {
    var words =
        new ArrayList<>(
            List.of(
                engine.program("initdb"),
                "--pgdata=" + folder,
                "--username=" + SUPERUSER,
                "--pwfile=" + secret,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--data-checksums"));
    if (engine.major() >= FIRST_BUILTIN_LOCALE_MAJOR) {
      words.add("--locale-provider=builtin");
      words.add("--builtin-locale=C.UTF-8");
    }
    return Command.of(words);
  }

  private void refuseOtherVersion() {
    if (!exists()) {
      throw Problem.of("cluster-missing", "there is no PostgreSQL data folder in " + home).raise();
    }
    var made = read(data().resolve("PG_VERSION")).strip();
    if (!made.equals(Integer.toString(engine.major()))) {
      throw Problem.of("cluster-version-differs", "the data is of PostgreSQL " + made)
          .detail(data() + "; the engine is " + engine.version())
          .hint("start it with the programs of version " + made + ": --postgres-bin FOLDER")
          .raise();
    }
  }

  private void configure() {
    var user = OsUser.ensure(OS_USER);
    int port = Ports.keepOrChoose(home.resolve("port"), home.hashCode());
    DurableFiles.write(
        home.resolve("postgresql.conf"), new ClusterSettings(engine, port, home).server());
    DurableFiles.write(home.resolve("pg_hba.conf"), ClusterSettings.clients());
    DurableFiles.write(home.resolve("pg_ident.conf"), ClusterSettings.accounts(user));
    DurableFiles.folder(ClusterSettings.socketFolder(home));
    DurableFiles.giveTo(user, ClusterSettings.socketFolder(home));
    try {
      if (Files.exists(log()) && Files.size(log()) > MAX_LOG_BYTES) {
        DurableFiles.moveIntoPlace(log(), home.resolve("postgres.log.1"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean ended(Postmaster server, String mode, Duration patience) {
    var user = OsUser.ensure(OS_USER);
    Commands.run(
        Command.of(engine.program("pg_ctl"), "stop", "-W", "-m", mode, "-D", data().toString())
            .as(user)
            .in(home));
    return Readiness.within(patience, () -> !server.alive(data()));
  }

  private int port() {
    return Postmaster.of(data())
        .map(Postmaster::port)
        .filter(port -> port > 0)
        .orElseGet(() -> Ports.kept(home.resolve("port")));
  }

  private void sweep(String prefix) {
    try (var files = Files.list(home)) {
      files
          .filter(f -> f.getFileName().toString().startsWith(prefix))
          .forEach(DurableFiles::deleteTree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String lastLog() {
    var lines = read(log()).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path data() {
    return home.resolve("data");
  }

  private Path log() {
    return home.resolve("postgres.log");
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }
}
