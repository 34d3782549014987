package dev.freehold.cluster;

import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// Unpacks a `.tar.xz` of programs so that every OS user can run them, and nobody but us can change
/// them. An entry that would land outside the folder, or a link that would point outside, ends it.
final class EngineArchive {
  private static final long MAX_BYTES = 1L << 30;
  private static final int MAX_ENTRIES = 50_000;
  private static final int XZ_MEMORY_KB = 256 << 10;
  private static final int OWNER_MAY_EXECUTE = 0100;

  private final Path folder;
  private long bytes;
  private int entries;

  private EngineArchive(Path folder) {
    this.folder = folder;
  }

  static void unpack(InputStream stream, Path folder) throws IOException {
    var archive = new EngineArchive(folder.toAbsolutePath().normalize());
    var xz =
        XZCompressorInputStream.builder()
            .setInputStream(stream)
            .setMemoryLimitKiB(XZ_MEMORY_KB)
            .get();
    try (var tar = new TarArchiveInputStream(xz)) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        archive.take(tar, entry);
      }
    }
  }

  private void take(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
    bytes += entry.getSize();
    if (++entries > MAX_ENTRIES || bytes > MAX_BYTES) {
      throw new IOException("the engine's archive is larger than any engine");
    }
    var file = inside(folder.resolve(entry.getName()), entry);
    if (file.equals(folder)) {
      return;
    }
    if (entry.isDirectory()) {
      folders(file);
      return;
    }
    folders(DurableFiles.parent(file));
    if (entry.isSymbolicLink()) {
      var link = Path.of(entry.getLinkName());
      inside(file.resolveSibling(link), entry);
      Files.createSymbolicLink(file, link);
    } else if (entry.isFile()) {
      Files.copy(tar, file);
      boolean runs = (entry.getMode() & OWNER_MAY_EXECUTE) != 0;
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(runs ? "rwxr-xr-x" : "rw-r--r--"));
    } else {
      throw new IOException("unexpected kind of entry: " + entry.getName());
    }
  }

  private Path inside(Path path, TarArchiveEntry entry) throws IOException {
    var normal = path.normalize();
    if (!normal.startsWith(folder)) {
      throw new IOException("an entry leaves its folder: " + entry.getName());
    }
    return normal;
  }

  private void folders(Path wanted) throws IOException {
    if (wanted.equals(folder) || Files.isDirectory(wanted)) {
      return;
    }
    folders(DurableFiles.parent(wanted));
    Files.createDirectory(wanted);
    Files.setPosixFilePermissions(wanted, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
