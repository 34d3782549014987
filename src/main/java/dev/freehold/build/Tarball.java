package dev.freehold.build;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/// Unpacks an npm package: a gzipped tar whose files lie below one folder, `package/`. Regular
/// files only, none outside the target, bounded in number and size.
final class Tarball {
  private static final int MAX_FILES = 50_000;
  private static final long MAX_BYTES = 1L << 30;
  private static final int EXECUTABLE_BITS = 0b001_001_001;

  private Tarball() {}

  static void unpack(Path tarball, Path target) {
    var root = target.toAbsolutePath().normalize();
    long bytes = 0;
    int files = 0;
    try (var packed = new BufferedInputStream(Files.newInputStream(tarball));
        var tar = new TarArchiveInputStream(new GzipCompressorInputStream(packed))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (!entry.isFile() || entry.isSymbolicLink() || entry.isLink()) {
          continue;
        }
        bytes += entry.getSize();
        files++;
        if (bytes > MAX_BYTES || files > MAX_FILES) {
          throw refused(tarball, "it is larger than any tool of ours");
        }
        write(tar, entry, place(tarball, root, entry));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    flush(root);
  }

  /// All of it with one call (`syncfs`): flushing each of a tool's thousands of files takes long.
  private static void flush(Path root) {
    var flushed = Commands.run(Command.of("sync", "--file-system", root.toString()));
    if (!flushed.ok()) {
      throw new IllegalStateException("sync: " + flushed.lastWords());
    }
  }

  private static Path place(Path tarball, Path root, TarArchiveEntry entry) {
    var name = entry.getName();
    var file = root.resolve(name.substring(name.indexOf('/') + 1)).normalize();
    if (!file.startsWith(root) || file.equals(root)) {
      throw refused(tarball, "it holds a path that leads outside");
    }
    return file;
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path file)
      throws IOException {
    Files.createDirectories(DurableFiles.parent(file));
    Files.copy(tar, file);
    boolean executable = (entry.getMode() & EXECUTABLE_BITS) != 0;
    Files.setPosixFilePermissions(
        file, PosixFilePermissions.fromString(executable ? "r-xr-xr-x" : "r--r--r--"));
  }

  private static RuntimeException refused(Path tarball, String why) {
    return Problem.of("archive-refused", tarball.getFileName() + " was not unpacked")
        .detail(why)
        .raise();
  }
}
