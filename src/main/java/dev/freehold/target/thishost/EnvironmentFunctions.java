package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.functions.FunctionRelease;
import dev.freehold.backend.supabase.functions.FunctionSurroundings;
import dev.freehold.backend.supabase.functions.deno.DenoFunctions;
import dev.freehold.build.Artifact;
import dev.freehold.build.ArtifactStore;
import dev.freehold.build.Toolchains;
import dev.freehold.plan.BuildRecipe;
import dev.freehold.release.Release;
import dev.freehold.secret.Secrets;
import dev.freehold.supervisor.Supervisor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Lays out the edge functions of one Environment's Releases, with the variables that hosted
/// functions have.
final class EnvironmentFunctions {
  private final Environment environment;
  private final Supplier<EnvironmentKeys> keys;
  private final EnvironmentDatabase database;
  private final String publicUrl;
  private final Host host;
  private final DenoFunctions processes;

  /// What of this machine functions need.
  record Host(
      ArtifactStore artifacts,
      Toolchains toolchains,
      Supervisor supervisor,
      Secrets secrets,
      EnvironmentSecrets own,
      HostPaths paths) {}

  /// @param keys those in force: they may change while a Release is live
  EnvironmentFunctions(
      Environment environment,
      Supplier<EnvironmentKeys> keys,
      EnvironmentDatabase database,
      EnvironmentNetwork network,
      String publicUrl,
      Host host) {
    this.environment = environment;
    this.keys = keys;
    this.database = database;
    this.publicUrl = publicUrl;
    this.host = host;
    this.processes =
        new DenoFunctions(
            new DenoFunctions.Place(
                environment.id(),
                environment.localHost().replaceFirst("\\.localhost$", ""),
                host.supervisor(),
                host.paths().jail(environment).resolve("functions"),
                host.paths().scripts(),
                function -> network.user("function " + function),
                network::reach));
  }

  /// Lays the Release's functions out beside its files.
  FunctionRelease place(
      Release release, Artifact artifact, Map<BuildRecipe.Value, String> values, Path folder) {
    var list =
        artifact.files().stream().filter(e -> e.path().equals(Artifact.FUNCTIONS)).findFirst();
    if (list.isEmpty()) {
      return FunctionRelease.NONE;
    }
    var code = folder.resolve("functions");
    if (!Files.isDirectory(code)) {
      host.artifacts().materialise(artifact, values, code, path -> path.startsWith(Artifact.OURS));
    }
    Consumer<String> quiet = line -> {};
    return processes.release(
        new DenoFunctions.Code(
            release.number(),
            code.resolve(Artifact.OURS + "functions"),
            host.artifacts().blob(list.get().digest()),
            host.toolchains().deno(quiet).program()),
        function -> variables(release, function));
  }

  private Map<String, String> variables(Release release, FunctionRelease.Facts function) {
    var inForce = keys.get();
    var own =
        new TreeMap<>(
            new VendorCalls(environment, host.secrets(), host.own())
                .variables(publicUrl, function.name()));
    own.putAll(release.variables());
    own.putAll(host.secrets().values(environment, release.secrets()));
    return new FunctionSurroundings(
            publicUrl, database.owner().uri(), inForce.api(), inForce.jwt().publicJwks())
        .variables(own, environment.app() + "_" + function.name() + "_" + release.number());
  }
}
