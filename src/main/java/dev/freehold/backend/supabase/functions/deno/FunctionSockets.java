package dev.freehold.backend.supabase.functions.deno;

import dev.freehold.os.DurableFiles;
import dev.freehold.os.OsUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Where the processes of functions listen: a folder for each, which nobody but its OS user and we
/// can enter. In the machine's folder for temporary files, because a socket's path is short.
final class FunctionSockets {
  private FunctionSockets() {}

  /// A new folder; the socket in it is the process's to make.
  static Path make(OsUser user) {
    try {
      var owner = PosixFilePermissions.fromString("rwx------");
      var folder =
          Files.createTempDirectory("freehold-fn", PosixFilePermissions.asFileAttribute(owner));
      DurableFiles.giveTo(user, folder);
      return folder.resolve("s");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void remove(Path socket) {
    DurableFiles.deleteTree(DurableFiles.parent(socket));
  }
}
