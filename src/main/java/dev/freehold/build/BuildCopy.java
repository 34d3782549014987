package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/// Copies an Export to the folder it is built in, without what a build makes anew: installed
/// packages, caches, older output, version control. Links are copied as links when they stay inside
/// the Export, and left out otherwise.
final class BuildCopy {
  private static final Set<String> ANYWHERE = Set.of(".git", "node_modules");
  private static final Set<String> AT_ROOT =
      Set.of(".next", ".nuxt", ".turbo", ".vercel", ".wrangler", ".svelte-kit", ".cache");

  private BuildCopy() {}

  /// @param output folders at the root that the build will leave; an older one would pass for it
  static void copy(Path source, Path target, Set<String> output) {
    var atRoot = new HashSet<>(AT_ROOT);
    atRoot.addAll(output);
    try {
      var root = source.toRealPath();
      DurableFiles.folder(target);
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a)
                throws IOException {
              var name = folder.getFileName().toString();
              boolean top = root.equals(folder.getParent());
              if (ANYWHERE.contains(name) || (top && atRoot.contains(name))) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              Files.createDirectories(target.resolve(root.relativize(folder).toString()));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
              if (a.isRegularFile() || (a.isSymbolicLink() && staysInside(root, file))) {
                Files.copy(
                    file,
                    target.resolve(root.relativize(file).toString()),
                    LinkOption.NOFOLLOW_LINKS);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean staysInside(Path root, Path link) throws IOException {
    var to = Files.readSymbolicLink(link);
    return !to.isAbsolute() && DurableFiles.parent(link).resolve(to).normalize().startsWith(root);
  }
}
