package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import dev.freehold.os.OurFiles;
import dev.freehold.os.Outcome;
import dev.freehold.plan.BuildRecipe;
import dev.freehold.plan.BuildRecipe.Function;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/// Makes each edge function one file that holds all it imports, with the pinned Deno: a Release
/// then needs no other host to run it, and a rollback runs the same code. A function that one file
/// cannot stand for, because its code asks where it lies, gets a [ModuleTree] instead.
///
/// Bundles are kept by what they were made of, so that functions nobody touched keep the very
/// versions of their imports from one deploy to the next.
final class FunctionBundler {
  /// Where functions lie in an Artifact.
  static final String FOLDER = Artifact.OURS + "functions/";

  /// To be raised when we bundle the same functions differently.
  private static final String GENERATION = "3";

  private static final String SOURCE = "supabase/functions";
  private static final int AT_ONCE = 2;
  private static final long MAX_BUNDLE_BYTES = 64L << 20;
  private static final long MAX_STATIC_BYTES = 64L << 20;
  private static final Pattern CODE =
      Pattern.compile("(?s).*\\.(?:tsx?|jsx?|mjs|cjs|mts|cts|map|lock)|(?:.*/)?deno\\.jsonc?");

  /// CDNs that modules import from one another, beside the hosts that the functions name.
  private static final Set<String> CDNS =
      Set.of(
          "esm.sh:443",
          "deno.land:443",
          "jsr.io:443",
          "cdn.jsdelivr.net:443",
          "unpkg.com:443",
          "cdn.skypack.dev:443",
          "raw.githubusercontent.com:443",
          "gist.githubusercontent.com:443");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final BuildRecipe recipe;
  private final BuildContext context;
  private final Path kept;

  /// @param kept where finished bundles are kept; nothing in the sandbox can write there
  FunctionBundler(BuildRecipe recipe, BuildContext context, Path kept) {
    this.recipe = recipe;
    this.context = context;
    this.kept = kept;
  }

  /// Hosts and ports that the functions import from.
  static Set<String> hosts(BuildRecipe recipe) {
    var hosts = new TreeSet<String>();
    if (!recipe.functions().isEmpty()) {
      hosts.addAll(CDNS);
    }
    recipe.functions().stream()
        .flatMap(function -> function.imports().stream())
        .forEach(written -> FunctionImports.host(written).ifPresent(hosts::add));
    return hosts;
  }

  /// Bundles all, or answers with what was made of the same sources before.
  ///
  /// @return path in the Artifact to the file that holds its bytes
  /// @throws dev.freehold.problem.ProblemException `function-config-invalid`,
  ///   `function-import-unresolved`, `function-bundle-failed`, `build-timed-out`
  SortedMap<String, Path> bundle(Workplace workplace) {
    if (recipe.functions().isEmpty()) {
      return new TreeMap<>();
    }
    var statics = statics();
    var made = kept.resolve(key());
    if (Files.isDirectory(made)) {
      context.say("functions: unchanged since they were bundled");
    } else {
      long start = System.nanoTime();
      run(workplace);
      keep(workplace, made);
      context.say(
          "functions: %d bundled in %s"
              .formatted(recipe.functions().size(), PackageInstall.seconds(start)));
    }
    var files = new TreeMap<>(statics);
    var whole = new ArrayList<Function>();
    for (var function : recipe.functions()) {
      if (ModuleTree.isIn(made, function)) {
        whole.add(function);
      } else {
        files.put(FOLDER + function.name() + "/index.js", made.resolve(function.name() + ".js"));
      }
    }
    files.putAll(trees(made, whole));
    files.put(Artifact.FUNCTIONS, made.resolve("functions.json"));
    return files;
  }

  /// What functions with a tree of modules share, and each one's own.
  private SortedMap<String, Path> trees(Path made, List<Function> whole) {
    var files = new TreeMap<String, Path>();
    if (whole.isEmpty()) {
      return files;
    }
    var folder = recipe.source().resolve(SOURCE);
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      OutputFiles.in(folder)
          .files()
          .forEach((path, file) -> files.put(FOLDER + ModuleTree.place(SOURCE + "/" + path), file));
    }
    for (var function : whole) {
      StaticFiles.of(function, recipe.source())
          .forEach((path, file) -> files.put(FOLDER + ModuleTree.place(path), file));
      ModuleTree.files(made, function, recipe.source())
          .forEach((path, file) -> files.put(FOLDER + path, file));
      warnOfNativeCode(made, function);
    }
    return files;
  }

  private void warnOfNativeCode(Path made, Function function) {
    NativeCode.warnings(function, ModuleTree.nativePackages(made, function), recipe.source(), made)
        .forEach(context::say);
  }

  private void run(Workplace workplace) {
    var jobs = new ArrayList<Map<String, Object>>();
    var ours = parent(hand(workplace, "std-http-server.ts"));
    List.of("nothing.ts", "carried.mjs", "module-tree.mjs").forEach(name -> hand(workplace, name));
    for (var function : recipe.functions()) {
      jobs.add(job(workplace, function, ours));
    }
    var cache = workplace.inCache("deno") + "/dl/esbuild-" + Toolchains.version("esbuild");
    var arch = System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x64";
    var work =
        Map.of(
            "deno", workplace.program("deno"),
            "app", workplace.inApp(""),
            "ours", ours,
            "functions", workplace.inFunctions(""),
            "atOnce", AT_ONCE,
            "jobs", jobs,
            "esbuild",
                Map.of(
                    "program",
                    workplace.program("esbuild"),
                    "folder",
                    cache,
                    "name",
                    "esbuild-" + arch));
    var list = workplace.hand("functions/work.json", JSON.writeValueAsBytes(work));
    var script = hand(workplace, "bundle.mjs");
    var outcome =
        workplace.run(List.of(workplace.program("node"), script, list), context.limits().install());
    if (!outcome.ok()) {
      throw failure(workplace, outcome);
    }
  }

  private Map<String, Object> job(Workplace workplace, Function function, String ours) {
    var name = function.name();
    var root = "file://" + workplace.inApp("");
    var lock = lock(workplace, function);
    var config =
        hand(
            workplace,
            function,
            "deno.json",
            new FunctionImports(recipe.source(), root, "file://" + ours));
    // Beside the modules it is to mean the same wherever the tree lies.
    var apart =
        hand(workplace, function, "tree.json", new FunctionImports(recipe.source(), "..", "."));
    return Map.of(
        "name",
        name,
        "entry",
        workplace.inApp(function.entry()),
        "home",
        SOURCE + "/" + name,
        "config",
        apart,
        "hosts",
        imported(),
        "lock",
        lock,
        "apart",
        apart(function) ? "its static files lie elsewhere" : "",
        "words",
        words(workplace, function, config, !lock.isEmpty()));
  }

  private static String hand(
      Workplace workplace, Function function, String file, FunctionImports imports) {
    var config = imports.configuration(function).getBytes(StandardCharsets.UTF_8);
    return workplace.hand("functions/" + function.name() + "/" + file, config);
  }

  /// Whether files that it reads lie where they could not be laid beside its bundle.
  private boolean apart(Function function) {
    var files = StaticFiles.of(function, recipe.source());
    boolean elsewhere = !function.entry().startsWith(SOURCE + "/" + function.name() + "/index.");
    return !files.isEmpty()
        && (elsewhere || files.keySet().stream().anyMatch(path -> !path.startsWith(SOURCE + "/")));
  }

  private RuntimeException failure(Workplace workplace, Outcome outcome) {
    return outcome.timedOut()
        ? BuildProblems.tooLong("bundling the functions", context.limits().install())
        : FunctionFailure.of(outcome.out(), workplace.inApp(""), recipe.source());
  }

  private List<String> words(
      Workplace workplace, Function function, String config, boolean locked) {
    var words = new ArrayList<>(List.of("bundle", "--quiet", "--config", config));
    words.add("--allow-import=" + imported());
    words.add("--unstable-raw-imports");
    words.add(locked ? "--lock=" + workplace.inFunctions(function.name() + ".lock") : "--no-lock");
    // Packages that also run elsewhere ask for these only when they are there.
    words.addAll(List.of("--external", "cloudflare:*", "--external", "bun:*"));
    words.add("--output");
    words.add(workplace.inFunctions(function.name() + ".js"));
    words.add(workplace.inApp(function.entry()));
    return words;
  }

  private String imported() {
    var hosts = new TreeSet<>(hosts(recipe));
    context.hosts().stream().filter(host -> host.contains(":")).forEach(hosts::add);
    return String.join(",", hosts);
  }

  /// A lock beside the function says which versions it was last tried with.
  private String lock(Workplace workplace, Function function) {
    var lock = recipe.source().resolve(function.entry()).resolveSibling("deno.lock");
    return Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)
        ? workplace.inApp(recipe.source().relativize(lock).toString())
        : "";
  }

  private void keep(Workplace workplace, Path made) {
    DurableFiles.deleteTree(kept);
    var aside = DurableFiles.folder(kept.resolve("unfinished"));
    var list = new ArrayList<Map<String, Object>>();
    for (var function : recipe.functions()) {
      var about = new TreeMap<String, Object>();
      about.put("name", function.name());
      about.put("verify_jwt", function.verifyJwt());
      if (ModuleTree.isIn(workplace.functions(), function)) {
        ModuleTree.keep(workplace.functions(), function, aside);
        about.put("tree", ModuleTree.told(aside, function));
      } else {
        var file = workplace.functions().resolve(function.name() + ".js");
        DurableFiles.write(aside.resolve(function.name() + ".js"), bounded(function, file));
      }
      list.add(about);
    }
    for (var ours : ModuleTree.OUR_MODULES) {
      DurableFiles.write(aside.resolve(ours), OurFiles.read(FunctionBundler.class, ours));
    }
    DurableFiles.write(
        aside.resolve("functions.json"), JSON.writeValueAsBytes(Map.of("functions", list)));
    DurableFiles.moveIntoPlace(aside, made);
  }

  private static byte[] bounded(Function function, Path file) {
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw FunctionFailure.notWritten(function.name());
      }
      if (Files.size(file) > MAX_BUNDLE_BYTES) {
        throw FunctionFailure.tooLarge(function.name(), MAX_BUNDLE_BYTES);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Files that functions read while they run (templates, fonts, wasm), where the code expects
  /// them.
  private SortedMap<String, Path> statics() {
    var found = new TreeMap<String, Path>();
    var folder = recipe.source().resolve(SOURCE);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return found;
    }
    var named = new TreeSet<String>();
    recipe.functions().forEach(f -> named.addAll(StaticFiles.of(f, recipe.source()).keySet()));
    long bytes = 0;
    for (var file : OutputFiles.in(folder).files().entrySet()) {
      var path = file.getKey();
      if (!path.startsWith(ModuleTree.FOLDER)
          && (!CODE.matcher(path).matches() || named.contains(SOURCE + "/" + path))) {
        bytes += size(file.getValue());
        found.put(FOLDER + path, file.getValue());
      }
    }
    if (bytes > MAX_STATIC_BYTES) {
      throw FunctionFailure.tooLarge(SOURCE, MAX_STATIC_BYTES);
    }
    return found;
  }

  /// Names all that decides what bundling makes: every file that the functions may import from.
  private String key() {
    var parts = new ArrayList<>(List.of(GENERATION, Toolchains.version("deno")));
    recipe.functions().forEach(function -> parts.add(function.toString()));
    var sources = new TreeMap<String, Path>();
    var folder = recipe.source().resolve(SOURCE);
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      sources.putAll(OutputFiles.in(folder).files());
    }
    boolean outside =
        recipe.functions().stream().anyMatch(f -> !f.entry().startsWith(SOURCE + "/"))
            || sources.values().stream().anyMatch(FunctionBundler::reachesOut);
    if (outside) {
      parts.add(recipe.sourceDigest());
    }
    sources.forEach((path, file) -> parts.add(path + " " + Digests.ofFile(file)));
    return Digests.of(String.join("\0", parts));
  }

  /// Whether code may import from beside the folder of all functions.
  private static boolean reachesOut(Path file) {
    return CODE.matcher(file.toString()).matches()
        && new String(read(file), StandardCharsets.ISO_8859_1).contains("../../");
  }

  private static String hand(Workplace workplace, String name) {
    return workplace.hand(
        "functions/.freehold/" + name, OurFiles.read(FunctionBundler.class, name));
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
