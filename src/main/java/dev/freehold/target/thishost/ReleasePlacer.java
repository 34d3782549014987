package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.jobs.OldProject;
import dev.freehold.build.Artifact;
import dev.freehold.build.ArtifactStore;
import dev.freehold.build.PlacedFile;
import dev.freehold.build.Toolchains;
import dev.freehold.edge.Asset;
import dev.freehold.edge.Encoding;
import dev.freehold.edge.StaticSite;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Jail;
import dev.freehold.os.JailFiles;
import dev.freehold.os.OsUser;
import dev.freehold.plan.BuildRecipe;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import dev.freehold.release.Release;
import dev.freehold.secret.Secrets;
import dev.freehold.supervisor.Instance;
import dev.freehold.supervisor.ProcessSpec;
import dev.freehold.supervisor.Readiness;
import dev.freehold.supervisor.Supervisor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Sets a Release up beside the live one: its files with this Environment's values in them and, for
/// an app with a server, a process that has proven healthy.
final class ReleasePlacer {
  /// How long a new process may take until it answers.
  static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  /// What one app's server may take: 1 GiB, 256 processes, two processors, files of 256 MiB.
  private static final Jail.Limits LIMITS = new Jail.Limits(1L << 30, 256, 2, 256L << 20);

  private static final Pattern OLD_URL = Pattern.compile("https://([a-z]{20})\\.supabase\\.co");
  private static final String INDEX = "index.html";

  private final ArtifactStore artifacts;
  private final Toolchains toolchains;
  private final Supervisor supervisor;
  private final Secrets secrets;
  private final EnvironmentSecrets own;
  private final HostPaths paths;

  ReleasePlacer(
      ArtifactStore artifacts,
      Toolchains toolchains,
      Supervisor supervisor,
      Secrets secrets,
      EnvironmentSecrets own,
      HostPaths paths) {
    this.artifacts = artifacts;
    this.toolchains = toolchains;
    this.supervisor = supervisor;
    this.secrets = secrets;
    this.own = own;
    this.paths = paths;
  }

  /// What to do with a process that does not become healthy.
  enum Gate {
    /// Stop it and fail: it is new, and something else is live.
    REFUSE,
    /// Leave it to the supervisor: it was live before a restart, and nothing else is.
    KEEP_TRYING
  }

  /// Whether the Release has a process of its own.
  boolean hasProcess(Release release) {
    return artifacts.load(release.artifact()).kind() != BuildRecipe.Kind.STATIC;
  }

  /// @param functions where the Release's edge functions will run
  /// @param network what its processes may reach
  PlacedRelease place(
      Release release,
      EnvironmentKeys keys,
      EnvironmentFunctions functions,
      EnvironmentNetwork network,
      String publicUrl,
      Gate gate,
      Consumer<String> log) {
    var artifact = artifacts.load(release.artifact());
    var values = values(release.environment(), keys, publicUrl);
    var folder = folder(release, values);
    var site = site(artifact, values, folder.resolve("site"));
    var unused = network.refresh();
    if (artifact.kind() == BuildRecipe.Kind.STATIC) {
      var placed = functions.place(release, artifact, values, folder);
      return new PlacedRelease(
          release, site, Optional.empty(), placed, MailParts.of(artifact, artifacts, placed));
    }
    var server = folder.resolve("server");
    if (!Files.isDirectory(server)) {
      artifacts.materialise(artifact, values, server, path -> !path.startsWith(Artifact.OURS));
    }
    var process =
        process(release, artifact, server, keys, network.user("app"), publicUrl, gate, log);
    var placed = functions.place(release, artifact, values, folder);
    return new PlacedRelease(
        release, site, Optional.of(process), placed, MailParts.of(artifact, artifacts, placed));
  }

  /// The project the Release's app came from, as its export names it.
  OldProject oldProject(Release release, EnvironmentKeys keys, String publicUrl) {
    var values = values(release.environment(), keys, publicUrl);
    var refs = new TreeSet<String>();
    var publicKeys = new TreeMap<String, String>();
    for (var substitution : artifacts.load(release.artifact()).substitutions()) {
      var url = OLD_URL.matcher(substitution.find());
      switch (substitution.by()) {
        case PUBLIC_URL -> {
          if (url.matches()) {
            refs.add(url.group(1));
          }
        }
        case ANON_KEY, PUBLISHABLE_KEY ->
            publicKeys.put(substitution.find(), values.get(substitution.by()));
        case PROJECT_ID -> {}
      }
    }
    return new OldProject(refs, publicKeys, publicUrl, keys.api().anon(), keys.api().serviceRole());
  }

  /// The files alone, for tabs that were opened before a switch.
  StaticSite site(Release release, EnvironmentKeys keys, String publicUrl) {
    var artifact = artifacts.load(release.artifact());
    var values = values(release.environment(), keys, publicUrl);
    var folder = folder(release, values);
    return site(artifact, values, folder.resolve("site"));
  }

  /// Where a Release lies with these values in it: other values make another folder.
  private Path folder(Release release, Map<BuildRecipe.Value, String> values) {
    var name = release.label() + "-" + Integer.toHexString(values.hashCode());
    return DurableFiles.folder(paths.releases(release.environment()).resolve(name));
  }

  private StaticSite site(Artifact artifact, Map<BuildRecipe.Value, String> values, Path folder) {
    var files = artifacts.render(artifact, values, folder);
    if (artifact.kind() == BuildRecipe.Kind.STATIC
        && files.stream().noneMatch(file -> file.path().equals(INDEX) && file.size() > 0)) {
      throw Problem.of("release-unhealthy", "the release has no " + INDEX + " to serve")
          .hint("the live release was not touched")
          .raise();
    }
    boolean singlePage = artifact.kind() == BuildRecipe.Kind.STATIC;
    return new StaticSite(files.stream().map(ReleasePlacer::asset).toList(), singlePage);
  }

  private static Asset asset(PlacedFile file) {
    var variants = new EnumMap<Encoding, Path>(Encoding.class);
    for (var encoding : Encoding.values()) {
      var variant = file.variants().get(encoding.token());
      if (variant != null) {
        variants.put(encoding, variant);
      }
    }
    return new Asset(
        "/" + file.path(),
        file.file(),
        file.size(),
        file.digest(),
        variants,
        file.immutable(),
        file.hashed());
  }

  private Instance process(
      Release release,
      Artifact artifact,
      Path server,
      EnvironmentKeys keys,
      OsUser user,
      String publicUrl,
      Gate gate,
      Consumer<String> log) {
    var node = toolchains.node(artifact.nodeMajor(), log).program();
    int port = supervisor.freePort();
    var host = release.environment().localHost().replaceFirst("\\.localhost$", "");
    var launch =
        new NodeLaunch(
            node,
            NodeScripts.into(paths.scripts()),
            JailFiles.into(paths.jail(release.environment()), user, host));
    var command =
        launch.command(
            artifact.kind(),
            server,
            port,
            environment(release, keys, publicUrl),
            new Jail(user, List.of(), true, LIMITS));
    var spec =
        ProcessSpec.of(
                release.environment().id() + "/" + release.label() + "-" + port,
                command,
                port,
                new ProcessSpec.LogLabels("app", release.environment().id(), release.number()))
            .ready(Readiness.of("/"))
            .stoppingWithin(STOP_PATIENCE);
    var instance = supervisor.start(spec);
    try {
      instance.awaitHealthy(HEALTH_TIMEOUT);
      return instance;
    } catch (ProblemException e) {
      if (gate == Gate.KEEP_TRYING) {
        log.accept(release.environment().id() + ": " + e.problem().message());
        return instance;
      }
      instance.stop();
      throw Problem.of("release-unhealthy", release.label() + " did not become healthy")
          .detail(e.problem().message() + e.problem().detail().map(d -> "\n" + d).orElse(""))
          .hint("the live release was not touched; freehold logs --source app shows its output")
          .raise(e);
    }
  }

  /// The whole environment of the app's server, highest right last: what we provide, the owner's
  /// variables, the owner's secrets.
  private Map<String, String> environment(Release release, EnvironmentKeys keys, String publicUrl) {
    var variables = new TreeMap<String, String>();
    variables.putAll(
        new VendorCalls(release.environment(), secrets, own)
            .variables(publicUrl, VendorCalls.SERVER));
    variables.put("SUPABASE_URL", publicUrl);
    variables.put("SUPABASE_PUBLISHABLE_KEY", keys.api().publishable());
    variables.put("SUPABASE_ANON_KEY", keys.api().anon());
    variables.put("SUPABASE_SERVICE_ROLE_KEY", keys.api().serviceRole());
    variables.put("SUPABASE_SECRET_KEY", keys.api().secret());
    variables.put("SITE_URL", publicUrl);
    variables.putAll(release.variables());
    variables.putAll(secrets.values(release.environment(), release.secrets()));
    return variables;
  }

  private static Map<BuildRecipe.Value, String> values(
      Environment environment, EnvironmentKeys keys, String publicUrl) {
    return new EnumMap<>(
        Map.of(
            BuildRecipe.Value.PUBLIC_URL, publicUrl,
            BuildRecipe.Value.ANON_KEY, keys.api().anon(),
            BuildRecipe.Value.PUBLISHABLE_KEY, keys.api().publishable(),
            BuildRecipe.Value.PROJECT_ID, environment.app().text()));
  }
}
