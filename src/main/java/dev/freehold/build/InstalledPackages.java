package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Keeps an app's `node_modules` from one build to the next, by moving it: when the locks and the
/// toolchain are the same, the next build installs nothing.
///
/// The key lies outside what the sandbox can write to, is removed before the folder is moved in and
/// written after it is moved out: a build that is killed leaves nothing to reuse.
final class InstalledPackages {
  private final Path kept;
  private final Path key;
  private final Path app;

  InstalledPackages(Path folder, Path app) {
    this.kept = folder.resolve("kept/node_modules");
    this.key = folder.resolve("kept/key");
    this.app = app;
  }

  /// Moves the kept packages in when they were installed under that key; otherwise drops them.
  boolean reuse(String wanted) {
    try {
      boolean same =
          Files.exists(key)
              && Files.readString(key).equals(wanted)
              && Files.isDirectory(kept, LinkOption.NOFOLLOW_LINKS);
      Files.deleteIfExists(key);
      if (same) {
        Files.move(kept, app.resolve("node_modules"));
      }
      DurableFiles.deleteTree(kept);
      return same;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void keep(String under) {
    var installed = app.resolve("node_modules");
    if (!Files.isDirectory(installed, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.createDirectories(DurableFiles.parent(kept));
      Files.move(installed, kept);
      DurableFiles.write(key, under);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
