package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import dev.freehold.plan.BuildRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;

/// Remembers which Artifact a recipe made, one small file each, so that the same input is not built
/// again.
final class BuildIndex {
  /// To be raised when we build the same recipe differently.
  private static final String GENERATION = "4";

  private final Path folder;

  BuildIndex(Path folder) {
    this.folder = DurableFiles.folder(folder);
    DurableFiles.removeUnfinished(this.folder);
  }

  /// Names everything that decides what a build makes; where the Export lies does not.
  static String key(BuildRecipe recipe, String toolVersions) {
    return Digests.of(
        String.join(
            "\0",
            GENERATION,
            recipe.sourceDigest(),
            toolVersions,
            recipe.installs().toString(),
            recipe.script(),
            recipe.fallback().toString(),
            new TreeMap<>(recipe.variables()).toString(),
            recipe.output().toString(),
            recipe.substitutions().toString(),
            recipe.functions().toString()));
  }

  Optional<String> artifact(String key) {
    try {
      var file = folder.resolve(key);
      return Files.exists(file)
          ? Optional.of(Files.readString(file)).filter(Digests::isDigest)
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void remember(String key, String artifact) {
    DurableFiles.write(folder.resolve(key), artifact);
  }
}
