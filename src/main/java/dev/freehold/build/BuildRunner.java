package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import dev.freehold.os.Outcome;
import dev.freehold.os.Sandbox;
import dev.freehold.plan.BuildRecipe;
import dev.freehold.plan.BuildRecipe.PackageManager;
import dev.freehold.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Turns a recipe into an Artifact: copies the Export, installs its packages and runs its build in
/// a sandbox, judges what came out, and stores it. An equal recipe is answered from the store.
///
/// The app's code is untrusted from the first line to the last: see docs/concepts/sandbox.md.
public final class BuildRunner {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern CALLS = Pattern.compile("\\b(bun|pnpm|yarn)x? ");
  private static final Pattern DENO_CALL = Pattern.compile("\\bdeno\\b");
  private static final int KILLED = 128 + 9;

  private final Path folder;
  private final BuildIndex index;
  private final Toolchains toolchains;
  private final ArtifactStore store;
  private final PackageRegistry registry;
  private final Map<String, String> machine;
  private final ConcurrentHashMap<String, ReentrantLock> building = new ConcurrentHashMap<>();

  /// @param folder for build copies and package caches; what lies in it may be deleted while no
  ///   build runs, at the price of a slower next build
  /// @param machine the environment of our own process: `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE`
  ///   are handed to builds
  public BuildRunner(
      Path folder,
      Toolchains toolchains,
      ArtifactStore store,
      PackageRegistry registry,
      Map<String, String> machine) {
    this.folder = folder.toAbsolutePath();
    this.index = new BuildIndex(this.folder.resolve("index"));
    this.toolchains = toolchains;
    this.store = store;
    this.registry = registry;
    this.machine = Map.copyOf(machine);
  }

  /// Builds, or answers with what the same recipe made before. Blocks; interrupting the calling
  /// thread stops the build.
  ///
  /// @throws ProblemException `install-failed`, `build-failed`, `build-timed-out`,
  ///   `build-out-of-memory`, `build-cancelled`, `build-disk-full`, `build-leaks-service-key`,
  ///   `build-output-refused`, or as [Toolchains]
  public Artifact run(BuildRecipe recipe, BuildContext context) {
    var key = BuildIndex.key(recipe, versions(recipe));
    var known = known(key, context);
    if (known.isPresent()) {
      return known.get();
    }
    var lock = building.computeIfAbsent(context.app(), app -> new ReentrantLock());
    DiskWatch watch =
        DiskWatch.start(DurableFiles.folder(folder), context.limits().freeDiskBytes());
    try (watch) {
      lock.lockInterruptibly();
      try {
        var meanwhile = known(key, context);
        if (meanwhile.isPresent()) {
          return meanwhile.get();
        }
        var artifact = build(recipe, context);
        index.remember(key, artifact.digest());
        return artifact;
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      throw BuildProblems.cancelled();
    } catch (ProblemException e) {
      throw watch.stoppedTheBuild() ? BuildProblems.diskFull() : e;
    }
  }

  private Optional<Artifact> known(String key, BuildContext context) {
    var known = index.artifact(key).flatMap(store::find);
    known.ifPresent(
        a -> context.say("build: nothing changed since " + a.digest() + " was built; using it"));
    return known;
  }

  private Artifact build(BuildRecipe recipe, BuildContext context) {
    Sandbox.warning().ifPresent(text -> context.say("warning: " + text + "; its network is open"));
    var own = folder.resolve("apps").resolve(context.app());
    try (var workplace =
        new Workplace(
            own,
            context,
            registry,
            tools(recipe, context),
            recipe.variables(),
            FunctionBundler.hosts(recipe),
            machine)) {
      var app = workplace.app();
      long start = System.nanoTime();
      DurableFiles.deleteTree(app);
      DurableFiles.deleteTree(workplace.functions());
      BuildCopy.copy(recipe.source(), app, stale(recipe));
      LockRewrite.apply(app, registry, context.log());
      workplace.own();
      context.say("build: source copied in " + PackageInstall.seconds(start));
      // First, while nothing of the app has run and could have changed their sources.
      var functions =
          new FunctionBundler(recipe, context, own.resolve("bundles")).bundle(workplace);
      var installed = new InstalledPackages(own, app);
      var installKey =
          recipe.installs().isEmpty()
              ? ""
              : new PackageInstall(workplace, context, installed)
                  .run(recipe.installs(), versions(recipe));
      try {
        return keep(recipe, context, app, made(recipe, context, workplace), functions);
      } finally {
        if (!installKey.isEmpty()) {
          installed.keep(installKey);
        }
        DurableFiles.deleteTree(app);
      }
    }
  }

  private static Set<String> stale(BuildRecipe recipe) {
    return recipe.script().isEmpty() && recipe.fallback().isEmpty()
        ? Set.of()
        : recipe.output().candidates().stream()
            .map(candidate -> candidate.split("/")[0])
            .collect(Collectors.toSet());
  }

  /// The output folder that the script left, or else the fallback.
  private Path made(BuildRecipe recipe, BuildContext context, Workplace workplace) {
    var check = new OutputCheck(recipe, context.log());
    var lastWords = "";
    for (var attempt : attempts(recipe, workplace)) {
      context.say("build: " + attempt.name());
      long start = System.nanoTime();
      var outcome = workplace.run(attempt.argv(), context.limits().build());
      if (outcome.timedOut()) {
        throw BuildProblems.tooLong(attempt.name(), context.limits().build());
      }
      var output = check.output(workplace.app());
      context.say(told(attempt, outcome, output.isPresent()) + PackageInstall.seconds(start));
      if (output.isPresent()) {
        return output.get();
      }
      if (outOfMemory(outcome)) {
        throw BuildProblems.outOfMemory(context.limits().sandbox().memoryBytes());
      }
      lastWords = outcome.lastWords();
    }
    var finalWords = lastWords;
    return check
        .output(workplace.app())
        .orElseThrow(() -> BuildProblems.noOutput(check.wanted(), finalWords));
  }

  /// Killed by the kernel, or Node's own last words.
  private static boolean outOfMemory(Outcome outcome) {
    return outcome.exit() == KILLED || outcome.out().contains("heap out of memory");
  }

  private static String told(Attempt attempt, Outcome outcome, boolean output) {
    if (outcome.ok()) {
      return "build: " + attempt.name() + (output ? " done in " : " left no output after ");
    }
    return "build: "
        + attempt.name()
        + " failed with status "
        + outcome.exit()
        + (output ? ", but its output is whole and is taken, after " : ", after ");
  }

  private static List<Attempt> attempts(BuildRecipe recipe, Workplace workplace) {
    var attempts = new ArrayList<Attempt>();
    var node = workplace.program("node");
    if (!recipe.script().isEmpty()) {
      attempts.add(
          new Attempt(
              "script " + recipe.script(),
              List.of(node, workplace.program("npm"), "run", recipe.script())));
    }
    if (!recipe.fallback().isEmpty()) {
      var argv = new ArrayList<String>();
      argv.add(workplace.inApp("node_modules/.bin/" + recipe.fallback().getFirst()));
      argv.addAll(recipe.fallback().subList(1, recipe.fallback().size()));
      attempts.add(new Attempt(String.join(" ", recipe.fallback()), argv));
    }
    return attempts;
  }

  private Artifact keep(
      BuildRecipe recipe,
      BuildContext context,
      Path app,
      Path output,
      SortedMap<String, Path> functions) {
    long start = System.nanoTime();
    var read = OutputFiles.in(output);
    if (!read.leftOut().isEmpty()) {
      context.say("build: left out of the artifact: " + String.join(", ", read.leftOut()));
    }
    var files = read.files();
    files.keySet().removeIf(path -> path.startsWith(Artifact.OURS));
    if (output.equals(app)) {
      // An export served as it is: its server's code is not for visitors.
      files.keySet().removeIf(path -> path.startsWith("supabase/"));
    }
    if (recipe.output().kind() == BuildRecipe.Kind.FETCH_HANDLER) {
      new ServerPackages(app, context.log()).addTo(files);
    }
    new OutputCheck(recipe, context.log()).examine(files);
    files.putAll(functions);
    var artifact =
        store.store(recipe.output().kind(), files, recipe.substitutions(), recipe.nodeMajor());
    long bytes = artifact.files().stream().mapToLong(Artifact.Entry::size).sum();
    context.say(
        "build: %d files, %.1f MB, stored as %s in %s"
            .formatted(
                files.size(), bytes / 1e6, artifact.digest(), PackageInstall.seconds(start)));
    return artifact;
  }

  private List<Toolchain> tools(BuildRecipe recipe, BuildContext context) {
    var log = context.log();
    var tools = new ArrayList<Toolchain>();
    tools.add(toolchains.node(recipe.nodeMajor(), log));
    tools.add(toolchains.npm(log));
    for (var manager : managers(recipe)) {
      switch (manager) {
        case BUN -> tools.add(toolchains.bun(log));
        case PNPM -> tools.add(toolchains.pnpm(log));
        case YARN -> tools.add(toolchains.yarn(log));
        case NPM -> {}
      }
    }
    if (!recipe.functions().isEmpty()) {
      tools.add(toolchains.esbuild(log));
    }
    if (!recipe.functions().isEmpty() || DENO_CALL.matcher(scripts(recipe)).find()) {
      tools.add(toolchains.deno(log));
    }
    return tools;
  }

  /// Those that install, and those that the app's own scripts call by name.
  private static Set<PackageManager> managers(BuildRecipe recipe) {
    var managers = new TreeSet<PackageManager>();
    recipe.installs().forEach(install -> managers.add(install.manager()));
    var calls = CALLS.matcher(scripts(recipe));
    while (calls.find()) {
      managers.add(PackageManager.valueOf(calls.group(1).toUpperCase(Locale.ROOT)));
    }
    return managers;
  }

  /// The scripts of package.json as one text; empty when it has none or cannot be read: then the
  /// package manager will say what is wrong with it.
  private static String scripts(BuildRecipe recipe) {
    var manifest = recipe.source().resolve("package.json");
    try {
      return recipe.script().isEmpty() || !Files.isRegularFile(manifest)
          ? ""
          : JSON.readTree(Files.readAllBytes(manifest)).path("scripts").toString();
    } catch (IOException | JacksonException e) {
      return "";
    }
  }

  private static String versions(BuildRecipe recipe) {
    return "node "
        + Toolchains.version("node" + recipe.nodeMajor())
        + " npm "
        + Toolchains.version("npm")
        + " bun "
        + Toolchains.version("bun")
        + " deno "
        + Toolchains.version("deno")
        + " pnpm "
        + Toolchains.version("pnpm")
        + " yarn "
        + Toolchains.version("yarn");
  }

  private record Attempt(String name, List<String> argv) {}
}
