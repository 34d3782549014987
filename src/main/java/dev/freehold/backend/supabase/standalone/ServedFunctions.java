package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.supabase.functions.FunctionLimits;
import dev.freehold.backend.supabase.functions.FunctionServer;
import dev.freehold.backend.supabase.functions.FunctionSurroundings;
import dev.freehold.backend.supabase.functions.deno.DenoFunctions;
import dev.freehold.os.DurableFiles;
import dev.freehold.postgres.Database;
import dev.freehold.problem.ProblemException;
import dev.freehold.supervisor.Supervisor;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/// The functions of a project's folder, run as those of a deployed App are: bundled at the start
/// and whenever it is asked for.
final class ServedFunctions implements AutoCloseable {
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final String SCOPE = "backend/local";

  /// Longer than any of `supabase/functions` that was seen; what lies below is not looked at.
  private static final int WATCHED_DEPTH = 12;

  private final BackendConfiguration configuration;
  private final FunctionBundles bundles;
  private final Surroundings surroundings;
  private final Clock clock;
  private final Events events;
  private final Path functions;
  private final Path work;
  private final FunctionServer server;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Supervisor supervisor;
  private final DenoFunctions processes;
  private final FunctionNetwork network;

  /// What functions are told of the backend they belong to.
  ///
  /// @param database the one that they may connect to
  /// @param port where it listens, once it does
  /// @param url where it is reached, once it listens
  record Surroundings(
      EnvironmentKeys keys,
      TokenVerifier verifier,
      Database database,
      IntSupplier port,
      Supplier<String> url) {}

  /// Bundles, and is ready to answer.
  ///
  /// @throws ProblemException as [FunctionBundles#bundle], or `backend-setting-invalid`
  ServedFunctions(
      BackendConfiguration configuration,
      FunctionBundles bundles,
      Surroundings surroundings,
      Clock clock,
      Events events) {
    this.configuration = configuration;
    this.bundles = bundles;
    this.surroundings = surroundings;
    this.clock = clock;
    this.events = events;
    functions = Path.of(configuration.text(FUNCTIONS)).toAbsolutePath().normalize();
    if (!Files.isDirectory(functions)) {
      throw BackendConfiguration.invalid(FUNCTIONS, functions + " is no folder").raise();
    }
    work = work();
    FunctionVariables.read(configuration, functions);
    long bundled = stamp();
    var code = bundles.bundle(functions, work);
    network =
        new FunctionNetwork(
            DurableFiles.folder(work.resolve("network")),
            surroundings.database(),
            surroundings.port());
    network.warning().ifPresent(warning -> events.publish(new NotHeld(warning)));
    supervisor = Supervisor.open(work.resolve("instances"), events);
    processes =
        new DenoFunctions(
            new DenoFunctions.Place(
                SCOPE,
                "backend",
                supervisor,
                work.resolve("jails"),
                work.resolve("scripts"),
                network::user,
                network::reach));
    server =
        new FunctionServer(SCOPE, surroundings.verifier(), FunctionLimits.DEFAULT, clock, events);
    install(code);
    Thread.ofVirtual().name("functions-step").start(() -> stepUntilClosed(bundled));
  }

  FunctionServer server() {
    return server;
  }

  /// Bundles anew; when that fails, what was served stays.
  synchronized void reload() {
    try {
      install(bundles.bundle(functions, work));
      events.publish(new Reloaded(server.status().size()));
    } catch (ProblemException e) {
      events.publish(new NotReloaded(e.problem().message() + ": " + e.problem().detail()));
    }
  }

  private void install(DenoFunctions.Code code) {
    server.install(processes.release(code, function -> variables(function.name())));
  }

  private Map<String, String> variables(String function) {
    return new FunctionSurroundings(
            surroundings.url().get(),
            surroundings.database().uri(),
            surroundings.keys().api(),
            surroundings.keys().jwt().publicJwks())
        .variables(FunctionVariables.read(configuration, functions), "backend_" + function);
  }

  /// A folder for this project alone.
  private Path work() {
    var variables = configuration.environment();
    var usual =
        variables.containsKey("XDG_CACHE_HOME")
            ? Path.of(variables.getOrDefault("XDG_CACHE_HOME", ""))
            : Path.of(System.getProperty("user.home"), ".cache");
    return configuration.has(FUNCTIONS_CACHE)
        ? Path.of(configuration.text(FUNCTIONS_CACHE)).toAbsolutePath().normalize()
        : usual.resolve("freehold").resolve("functions-" + fingerprint(functions.toString()));
  }

  private static String fingerprint(String text) {
    var sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }

  /// @param bundled how the folder was when it was bundled
  private void stepUntilClosed(long bundled) {
    boolean watches = configuration.flag(FUNCTIONS_WATCH);
    long seen = bundled;
    while (!closed.get()) {
      server.step(clock.instant());
      long now = watches ? stamp() : seen;
      if (now != seen) {
        seen = now;
        reload();
      }
      try {
        Thread.sleep(STEP);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /// Changes when a file of the folder does.
  private long stamp() {
    var sum = new CRC32();
    try (var files =
        Files.find(
            functions,
            WATCHED_DEPTH,
            (path, facts) -> facts.isRegularFile() && !path.toString().contains("node_modules"))) {
      files
          .sorted()
          .forEach(file ->
              sum.update(
                  (file + " " + file.toFile().lastModified() + " " + file.toFile().length())
                      .getBytes(StandardCharsets.UTF_8)));
    } catch (IOException | UncheckedIOException e) {
      return 0; // A file went while we looked: the next look will tell.
    }
    return sum.getValue();
  }

  @Override
  public void close() {
    closed.set(true);
    server.close();
    supervisor.close();
    network.close();
  }

  /// Other functions answer from now on.
  record Reloaded(int functions) implements Event {
    @Override
    public String describe() {
      return "functions: bundled anew, " + functions + " are served";
    }
  }

  /// Functions reach more than they should.
  record NotHeld(String why) implements Event {
    @Override
    public String describe() {
      return "functions: " + why;
    }
  }

  /// What was changed could not be bundled.
  record NotReloaded(String why) implements Event {
    @Override
    public String describe() {
      return "functions: not bundled, those before are served on: " + why;
    }
  }
}
