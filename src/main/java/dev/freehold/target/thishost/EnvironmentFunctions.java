package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.functions.FunctionProcess;
import dev.freehold.backend.supabase.functions.FunctionRelease;
import dev.freehold.backend.supabase.functions.FunctionRelease.Facts;
import dev.freehold.build.Artifact;
import dev.freehold.build.ArtifactStore;
import dev.freehold.build.Toolchains;
import dev.freehold.os.Jail;
import dev.freehold.plan.BuildRecipe;
import dev.freehold.release.Release;
import dev.freehold.secret.Secrets;
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
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/// Lays out and starts the edge functions of one Environment: each process in a jail of its own, as
/// an OS user of its own for each function, with the variables that a hosted function has.
final class EnvironmentFunctions {
  /// What one process of a function may take: 400 MiB, 128 processes and threads, two processors,
  /// files of 256 MiB.
  private static final Jail.Limits LIMITS = new Jail.Limits(400L << 20, 128, 2, 256L << 20);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Environment environment;
  private final Supplier<EnvironmentKeys> keys;
  private final EnvironmentDatabase database;
  private final EnvironmentNetwork network;
  private final String publicUrl;
  private final Host host;
  private final AtomicLong number = new AtomicLong();

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
    this.network = network;
    this.publicUrl = publicUrl;
    this.host = host;
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
    var deno = host.toolchains().deno(quiet).program();
    return new FunctionRelease(
        release.number(),
        facts(host.artifacts().blob(list.get().digest())),
        function -> start(release, function, code.resolve(Artifact.OURS + "functions"), deno));
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

  private FunctionProcess start(Release release, Facts function, Path code, Path deno) {
    var user = network.user("function " + function.name());
    var name = environment.localHost().replaceFirst("\\.localhost$", "");
    var lists = host.paths().jail(environment).resolve("functions").resolve(function.name());
    var launch =
        new FunctionLaunch(
            deno, host.paths().scripts(), JailFiles.into(lists, user, name), network.reach());
    var socket = FunctionSockets.make(user);
    var command =
        launch.command(
            code,
            function.name(),
            socket,
            variables(release, function),
            new Jail(user, List.of(), true, LIMITS));
    var id =
        "%s/%s-function-%s-%d"
            .formatted(
                environment.id(),
                release.label(),
                function.name().replace('_', '-'),
                number.incrementAndGet());
    var labels =
        new ProcessSpec.LogLabels(
            "function/" + function.name(), environment.id(), release.number());
    var spec =
        new ProcessSpec(
            id, command, 0, Readiness.of("/"), RestartPolicy.NEVER, STOP_PATIENCE, labels);
    return new LaunchedFunction(host.supervisor().start(spec), socket);
  }

  /// As a hosted function has them (Supabase documentation, "Functions: Environment variables"),
  /// then the owner's own.
  private Map<String, String> variables(Release release, Facts function) {
    var inForce = keys.get();
    var all = new TreeMap<String, String>();
    all.putAll(
        new EnvironmentAi(environment, host.secrets(), host.own())
            .variables(publicUrl, function.name()));
    all.put("SITE_URL", publicUrl);
    all.putAll(release.variables());
    all.putAll(host.secrets().values(environment, release.secrets()));
    all.put("SUPABASE_URL", publicUrl);
    all.put("SUPABASE_ANON_KEY", inForce.api().anon());
    all.put("SUPABASE_SERVICE_ROLE_KEY", inForce.api().serviceRole());
    all.put("SUPABASE_PUBLISHABLE_KEY", inForce.api().publishable());
    all.put("SUPABASE_SECRET_KEY", inForce.api().secret());
    all.put(
        "SUPABASE_PUBLISHABLE_KEYS",
        JSON.writeValueAsString(Map.of("default", inForce.api().publishable())));
    all.put(
        "SUPABASE_SECRET_KEYS", JSON.writeValueAsString(Map.of("default", inForce.api().secret())));
    all.put("SUPABASE_DB_URL", DatabaseUrl.of(database.owner()));
    all.put("SUPABASE_JWKS", inForce.jwt().publicJwks());
    all.put("SB_REGION", "local");
    all.put("SB_EXECUTION_ID", UUID.randomUUID().toString());
    all.put(
        "DENO_DEPLOYMENT_ID", environment.app() + "_" + function.name() + "_" + release.number());
    return all;
  }
}
