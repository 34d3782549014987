package dev.freehold.backend.supabase.functions.deno;

import dev.freehold.backend.supabase.functions.FunctionProcess;
import dev.freehold.backend.supabase.functions.FunctionRelease;
import dev.freehold.backend.supabase.functions.FunctionRelease.Facts;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Jail;
import dev.freehold.os.JailFiles;
import dev.freehold.os.OsUser;
import dev.freehold.os.Reach;
import dev.freehold.supervisor.ProcessSpec;
import dev.freehold.supervisor.Readiness;
import dev.freehold.supervisor.RestartPolicy;
import dev.freehold.supervisor.Supervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/// Starts processes of edge functions on Deno: each in a jail of its own, as an OS user of its
/// function's own.
public final class DenoFunctions {
  /// What one process of a function may take: 400 MiB, 128 processes and threads, two processors,
  /// files of 256 MiB.
  private static final Jail.Limits LIMITS = new Jail.Limits(400L << 20, 128, 2, 256L << 20);

  /// For loading the code of one function, without any request.
  private static final Duration PREPARING = Duration.ofSeconds(10);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Place place;
  private final Jail.Limits limits;
  private final AtomicLong number = new AtomicLong();

  /// @param scope whose functions they are: an Environment's id
  /// @param hostName what they know this machine as beside `localhost`, without `.localhost`
  /// @param lists a folder for the account lists of their jails
  /// @param scripts a folder for our own modules
  /// @param users an OS user for the jails of a function, by its name
  /// @param reach what they may reach on the network, asked at each start
  public record Place(
      String scope,
      String hostName,
      Supervisor supervisor,
      Path lists,
      Path scripts,
      Function<String, OsUser> users,
      Supplier<Reach> reach) {}

  /// The bundled functions of one Release.
  ///
  /// @param number the Release's; 0 for none
  /// @param folder holds a folder for each function, with its `index.js`, or its tree of modules
  /// @param list names the functions, in JSON
  /// @param deno the program that runs them
  public record Code(int number, Path folder, Path list, Path deno) {}

  public DenoFunctions(Place place) {
    this(place, LIMITS);
  }

  DenoFunctions(Place place, Jail.Limits limits) {
    this.place = place;
    this.limits = limits;
  }

  /// What a Release serves.
  ///
  /// @param variables what a process reads by `Deno.env`, asked at each start
  public FunctionRelease release(Code code, Function<Facts, Map<String, String>> variables) {
    var cache = new ModuleCache(code.folder().resolveSibling("modules"));
    var known = known(code);
    return new FunctionRelease(
        code.number(),
        List.copyOf(known.keySet()),
        new FunctionRelease.Launcher() {
          @Override
          public FunctionProcess start(Facts function) {
            var its = Objects.requireNonNull(known.get(function));
            return DenoFunctions.this.start(code, cache, its, variables.apply(function));
          }

          @Override
          public void prepare(Facts function) {
            if (!cache.has(function.name())) {
              DenoFunctions.this.prepare(code, cache, Objects.requireNonNull(known.get(function)));
            }
          }
        });
  }

  /// Loads the function's code once, aside, and keeps what Deno found out. Where that fails its
  /// processes start as they would have without.
  private void prepare(Code code, ModuleCache cache, FunctionCode function) {
    var user = place.users().apply(function.name());
    var left = cache.folder().resolve(".of-" + function.name());
    DurableFiles.deleteTree(left);
    DurableFiles.folder(left);
    function.lead(left);
    DurableFiles.giveTo(user, left);
    var socket = FunctionSockets.make(user);
    try {
      var command =
          launch(code, function)
              .preparing(function, socket, left, new Jail(user, List.of(), false, limits))
              .within(PREPARING);
      if (Commands.run(command).ok()) {
        cache.keep(function.name(), left);
      }
    } finally {
      FunctionSockets.remove(socket);
      DurableFiles.deleteTree(left);
    }
  }

  private FunctionLaunch launch(Code code, FunctionCode function) {
    var user = place.users().apply(function.name());
    var lists = JailFiles.into(place.lists().resolve(function.name()), user, place.hostName());
    return new FunctionLaunch(code.deno(), place.scripts(), lists, place.reach().get());
  }

  /// The functions in the order of the list.
  private static Map<Facts, FunctionCode> known(Code code) {
    try {
      var known = new LinkedHashMap<Facts, FunctionCode>();
      for (var one : JSON.readTree(Files.readAllBytes(code.list())).path("functions")) {
        var facts = new Facts(one.path("name").asString(), one.path("verify_jwt").asBoolean(true));
        known.put(facts, FunctionCode.of(code.folder(), one));
      }
      return known;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FunctionProcess start(
      Code code, ModuleCache cache, FunctionCode function, Map<String, String> variables) {
    var user = place.users().apply(function.name());
    var socket = FunctionSockets.make(user);
    var command =
        launch(code, function)
            .command(
                function,
                socket,
                cache.layOut(function, socket.resolveSibling("modules"), user),
                variables,
                new Jail(user, List.of(), true, limits));
    var id =
        "%s/v%d-function-%s-%d"
            .formatted(
                place.scope(),
                code.number(),
                function.name().replace('_', '-'),
                number.incrementAndGet());
    var labels =
        new ProcessSpec.LogLabels("function/" + function.name(), place.scope(), code.number());
    var spec =
        new ProcessSpec(
            id, command, 0, Readiness.of("/"), RestartPolicy.NEVER, STOP_PATIENCE, labels);
    return new LaunchedFunction(place.supervisor().start(spec), socket);
  }
}
