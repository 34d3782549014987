package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import dev.freehold.plan.BuildRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/// Bundles the edge functions of a project of which nothing else is built or kept.
public final class FunctionBuild {
  private static final byte[] NONE = "{\"functions\":[]}".getBytes(StandardCharsets.UTF_8);

  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Path folder;
  private final Toolchains toolchains;
  private final PackageRegistry registry;
  private final Map<String, String> machine;

  /// @param folder as [BuildRunner]'s
  /// @param machine likewise
  public FunctionBuild(
      Path folder, Toolchains toolchains, PackageRegistry registry, Map<String, String> machine) {
    this.folder = folder.toAbsolutePath();
    this.toolchains = toolchains;
    this.registry = registry;
    this.machine = Map.copyOf(machine);
  }

  /// Bundles all into a folder that appears when they are whole: `functions.json` names them, and
  /// `functions` has a folder for each.
  ///
  /// @throws dev.freehold.problem.ProblemException as [FunctionBundler#bundle], or as [Toolchains]
  public void run(BuildRecipe recipe, BuildContext context, Path into) {
    var log = context.log();
    var tools =
        List.of(
            toolchains.node(recipe.nodeMajor(), log),
            toolchains.deno(log),
            toolchains.esbuild(log));
    var hosts = FunctionBundler.hosts(recipe);
    try (var workplace =
        new Workplace(folder, context, registry, tools, Map.of(), hosts, machine)) {
      DurableFiles.deleteTree(workplace.app());
      DurableFiles.deleteTree(workplace.functions());
      BuildCopy.copy(recipe.source(), workplace.app(), Set.of());
      workplace.own();
      var bundler = new FunctionBundler(recipe, context, folder.resolve("bundles"));
      layOut(bundler.bundle(workplace), into);
      DurableFiles.deleteTree(workplace.app());
    }
  }

  private static void layOut(SortedMap<String, Path> bundled, Path into) {
    var aside = DurableFiles.folder(into.resolveSibling("." + into.getFileName()));
    DurableFiles.folder(aside.resolve("functions"));
    DurableFiles.write(aside.resolve("functions.json"), NONE);
    try {
      for (var file : bundled.entrySet()) {
        var target = aside.resolve(file.getKey().substring(Artifact.OURS.length()));
        DurableFiles.folder(DurableFiles.parent(target));
        // Made again at every start: there is nothing to keep over a crash.
        Files.copy(file.getValue(), target, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(target, READABLE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    DurableFiles.moveIntoPlace(aside, into);
  }
}
