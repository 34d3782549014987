package dev.freehold.backend.supabase.functions.deno;

import dev.freehold.backend.supabase.functions.FunctionProcess;
import dev.freehold.backend.supabase.functions.FunctionRelease;
import dev.freehold.backend.supabase.functions.FunctionRelease.Facts;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Place place;
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
  /// @param folder holds a folder for each function, with its `index.js`
  /// @param list names the functions, in JSON
  /// @param deno the program that runs them
  public record Code(int number, Path folder, Path list, Path deno) {}

  public DenoFunctions(Place place) {
    this.place = place;
  }

  /// What a Release serves.
  ///
  /// @param variables what a process reads by `Deno.env`, asked at each start
  public FunctionRelease release(Code code, Function<Facts, Map<String, String>> variables) {
    return new FunctionRelease(
        code.number(),
        facts(code.list()),
        function -> start(code, function, variables.apply(function)));
  }

  private static List<Facts> facts(Path list) {
    try {
      var facts = new ArrayList<Facts>();
      for (var one : JSON.readTree(Files.readAllBytes(list)).path("functions")) {
        facts.add(new Facts(one.path("name").asString(), one.path("verify_jwt").asBoolean(true)));
      }
      return facts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FunctionProcess start(Code code, Facts function, Map<String, String> variables) {
    var user = place.users().apply(function.name());
    var lists = JailFiles.into(place.lists().resolve(function.name()), user, place.hostName());
    var socket = FunctionSockets.make(user);
    var command =
        new FunctionLaunch(code.deno(), place.scripts(), lists, place.reach().get())
            .command(
                code.folder(),
                function.name(),
                socket,
                variables,
                new Jail(user, List.of(), true, LIMITS));
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
