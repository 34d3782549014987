package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import dev.freehold.plan.BuildRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Puts one Artifact where an environment can use it, with the environment's own values in it.
final class Placement {
  private final Blobs blobs;
  private final Artifact artifact;
  private final Map<BuildRecipe.Value, String> values;
  private final TextReplacement replacement;

  Placement(Blobs blobs, Artifact artifact, Map<BuildRecipe.Value, String> values) {
    this.blobs = blobs;
    this.artifact = artifact;
    this.values = values;
    this.replacement = new TextReplacement(artifact.substitutions());
  }

  List<PlacedFile> render(Path target) {
    var folder = artifact.publicFolder();
    return artifact.files().stream()
        .filter(entry -> Artifact.isPublic(artifact.kind(), entry.path()))
        .map(entry -> place(entry, entry.path().substring(folder.length()), target))
        .toList();
  }

  private PlacedFile place(Artifact.Entry entry, String path, Path target) {
    if (entry.substituted()) {
      return replaced(entry, path, target.resolve(path));
    }
    var variants = new TreeMap<String, Path>();
    for (var coding : entry.encodings()) {
      variants.put(coding, blobs.variant(entry.digest(), coding));
    }
    return new PlacedFile(
        path,
        blobs.path(entry.digest()),
        entry.size(),
        entry.digest(),
        variants,
        HashedNames.isHashed(path),
        HashedNames.isHashed(path));
  }

  private PlacedFile replaced(Artifact.Entry entry, String path, Path file) {
    var bytes = replacedBytes(entry);
    DurableFiles.folder(DurableFiles.parent(file));
    DurableFiles.write(file, bytes);
    var variants = new HashMap<String, Path>();
    if (Compression.applies(path, bytes.length)) {
      Compression.QUICK
          .variants(bytes)
          .forEach((coding, packed) -> {
            var beside = file.resolveSibling(file.getFileName() + suffix(coding));
            DurableFiles.write(beside, packed);
            variants.put(coding, beside);
          });
    }
    return new PlacedFile(
        path, file, bytes.length, Digests.of(bytes), variants, false, HashedNames.isHashed(path));
  }

  private static String suffix(String coding) {
    // Two files of one site may be called `a.js` and `a.js.br`: ours has a name none of theirs has.
    return "~" + Compression.SUFFIX.get(coding);
  }

  private byte[] replacedBytes(Artifact.Entry entry) {
    try {
      return replacement.apply(Files.readAllBytes(blobs.path(entry.digest())), values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void materialise(Path folder, Predicate<String> which) {
    var beside = folder.resolveSibling("." + folder.getFileName() + "." + System.nanoTime());
    try {
      DurableFiles.folder(beside);
      for (var entry : artifact.files()) {
        if (which.test(entry.path())) {
          var file = beside.resolve(entry.path());
          Files.createDirectories(DurableFiles.parent(file));
          put(entry, file);
        }
      }
      DurableFiles.deleteTree(folder);
      DurableFiles.moveIntoPlace(beside, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      DurableFiles.deleteTree(beside);
    }
  }

  private void put(Artifact.Entry entry, Path file) throws IOException {
    if (entry.substituted()) {
      Files.write(file, replacedBytes(entry));
    } else if (entry.executable() || !linked(entry, file)) {
      Files.copy(blobs.path(entry.digest()), file);
    }
    if (entry.executable()) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-xr-xr-x"));
    }
  }

  private boolean linked(Artifact.Entry entry, Path file) {
    try {
      Files.createLink(file, blobs.path(entry.digest()));
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false; // Another file system: a copy will do.
    }
  }
}
