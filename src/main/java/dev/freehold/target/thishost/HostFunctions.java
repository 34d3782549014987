package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.functions.FunctionServer;
import dev.freehold.problem.Problem;
import dev.freehold.target.EdgeFunctions;
import java.util.List;
import java.util.function.Function;

/// The edge functions of this host's Environments, as their owners see and call them.
///
/// @param port the port that the edge listens on
record HostFunctions(
    Function<Environment, FunctionServer> servers, EnvironmentSecrets own, int port)
    implements EdgeFunctions {
  @Override
  public List<Status> functions(Environment environment) {
    return servers.apply(environment).status().stream().map(HostFunctions::facts).toList();
  }

  @Override
  public Answer invoke(Environment environment, Call call) {
    if (functions(environment).stream().noneMatch(known -> known.name().equals(call.name()))) {
      throw Problem.of("function-not-found", environment.id() + " has no function " + call.name())
          .hint("freehold functions list --app " + environment.app() + " shows what there is")
          .raise();
    }
    var host = environment.localHost() + ":" + port;
    return new FunctionCaller(port, host, own.keys(environment).api().serviceRole()).call(call);
  }

  private static Status facts(FunctionServer.Status now) {
    var figures = now.figures();
    return new Status(
        now.name(),
        now.verifyJwt(),
        now.release(),
        now.processes(),
        now.running(),
        figures.calls(),
        figures.errors(),
        figures.coldStarts(),
        figures.medianMicros(),
        figures.p99Micros());
  }
}
