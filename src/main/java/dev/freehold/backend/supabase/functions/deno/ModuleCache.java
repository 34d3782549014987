package dev.freehold.backend.supabase.functions.deno;

import dev.freehold.os.DurableFiles;
import dev.freehold.os.OsUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// What Deno works out about a function's code while it loads it (what it imports, and V8's
/// compiled code), kept so that later processes load it in half the time.
///
/// It is made once by a process that sees no request, no secret and no network ([DenoFunctions]),
/// and is ours from then on: a process gets a copy, which goes with it. So nothing that a process
/// was made to do by its callers reaches the next one.
///
/// @param folder of one Release; holds a folder for each function
record ModuleCache(Path folder) {
  /// Three databases of Deno's, and the logs of what was written to them last.
  private static final String FILES = "*_cache_v*{,-wal}";

  private static final long MAX_BYTES = 64L << 20;

  boolean has(String function) {
    return Files.isDirectory(folder.resolve(function));
  }

  /// Keeps what a process has left in its folder.
  void keep(String function, Path left) {
    var aside = folder.resolve("." + function);
    DurableFiles.deleteTree(aside);
    DurableFiles.folder(aside);
    copy(left, aside);
    DurableFiles.moveIntoPlace(aside, folder.resolve(function));
  }

  /// Lays a copy out for one process, as its own, with the way to the function's tree of modules;
  /// empty when there is neither.
  Optional<Path> layOut(FunctionCode function, Path into, OsUser user) {
    boolean kept = has(function.name());
    if (!kept && !function.isTree()) {
      return Optional.empty();
    }
    DurableFiles.folder(into);
    function.lead(into);
    if (kept) {
      copy(folder.resolve(function.name()), into);
    }
    DurableFiles.giveTo(user, into);
    return Optional.of(into);
  }

  private static void copy(Path from, Path to) {
    long bytes = 0;
    try (var files = Files.newDirectoryStream(from, FILES)) {
      for (var file : files) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        bytes += Files.size(file);
        if (bytes > MAX_BYTES) {
          throw new IOException("the module cache in " + from + " is larger than 64 MiB");
        }
        Files.copy(file, to.resolve(file.getFileName()), LinkOption.NOFOLLOW_LINKS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
