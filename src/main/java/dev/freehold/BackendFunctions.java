package dev.freehold;

import dev.freehold.backend.supabase.functions.deno.DenoFunctions;
import dev.freehold.backend.supabase.standalone.FunctionBundles;
import dev.freehold.build.BuildContext;
import dev.freehold.build.FunctionBuild;
import dev.freehold.build.PackageRegistry;
import dev.freehold.build.Toolchains;
import dev.freehold.export.Exports;
import dev.freehold.inspection.Inspector;
import dev.freehold.os.DurableFiles;
import dev.freehold.plan.FunctionRecipe;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Bundles the functions of a project on this machine for `freehold backend`, as a deploy does.
final class BackendFunctions implements FunctionBundles {
  private static final Path USUAL = Path.of("supabase", "functions");
  private static final String APP = "functions";

  private final Map<String, String> machine;
  private final Consumer<String> log;
  private @Nullable DataLock lock;
  private @Nullable Path previous;
  private int number;

  /// @param machine the environment of our own process
  /// @param log gets lines for a person
  BackendFunctions(Map<String, String> machine, Consumer<String> log) {
    this.machine = machine;
    this.log = log;
  }

  @Override
  public synchronized DenoFunctions.Code bundle(Path functions, Path work) {
    if (!functions.endsWith(USUAL) || functions.getNameCount() == USUAL.getNameCount()) {
      throw Problem.of("backend-setting-invalid", "the setting functions is not usable")
          .detail(functions + " is not the folder supabase/functions of a project")
          .hint("config.toml and what functions share are looked for around it")
          .raise();
    }
    if (lock == null) {
      lock = prepared(work);
    }
    var project = DurableFiles.parent(DurableFiles.parent(functions));
    var export = Exports.read(project.toString(), work.resolve("exports"));
    var recipe = FunctionRecipe.of(new Inspector().inspect(export));
    var registry = PackageRegistry.from(machine);
    var toolchains = new Toolchains(work.resolve("toolchains"), registry);
    var into = work.resolve("code").resolve(Integer.toString(number++));
    new FunctionBuild(work.resolve("build"), toolchains, registry, machine)
        .run(recipe, BuildContext.of(APP, log), into);
    forgetAllBut(into);
    return new DenoFunctions.Code(
        0,
        into.resolve("functions"),
        into.resolve("functions.json"),
        toolchains.deno(log).program());
  }

  /// Makes the folder ours alone; other OS users may pass through it, as through the data folder.
  private static DataLock prepared(Path work) {
    try {
      DurableFiles.folder(work);
      Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx--x--x"));
      var held = DataLock.take(work);
      DurableFiles.deleteTree(work.resolve("code"));
      DurableFiles.folder(work.resolve("code"));
      return held;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Calls that go on may still read what the bundles before this one lie beside.
  private void forgetAllBut(Path newest) {
    try (var all = Files.newDirectoryStream(DurableFiles.parent(newest))) {
      for (var one : all) {
        if (!one.equals(newest) && !one.equals(previous)) {
          DurableFiles.deleteTree(one);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    previous = newest;
  }
}
