package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/// Files named by the digest of their bytes, `blobs/ab/<sha256>`, and their compressed variants
/// beside them, `<sha256>.br`. Each is written once, is read-only, and is whole or absent.
///
/// New ones come in batches: all are written and flushed aside, then renamed, then each folder is
/// flushed once, so that thousands of files cost one flush each and not three.
final class Blobs {
  private static final String READ_ONLY = "r--r--r--";

  private final Path blobs;
  private final Path incoming;

  /// Opens the folder; what an interrupted batch left is removed.
  Blobs(Path folder) {
    this.blobs = folder.resolve("blobs");
    this.incoming = folder.resolve("incoming");
    DurableFiles.folder(blobs);
    DurableFiles.deleteTree(incoming);
    DurableFiles.folder(incoming);
  }

  Path path(String digest) {
    if (!Digests.isDigest(digest)) {
      throw new IllegalArgumentException("not a digest: " + digest);
    }
    return blobs.resolve(digest.substring(0, 2)).resolve(digest);
  }

  Path variant(String digest, String coding) {
    var suffix = Compression.SUFFIX.get(coding);
    if (suffix == null) {
      throw new IllegalArgumentException("not a content coding of ours: " + coding);
    }
    var file = path(digest);
    return file.resolveSibling(file.getFileName() + suffix);
  }

  boolean has(String digest) {
    return Files.exists(path(digest));
  }

  /// The codings a stored blob has variants of.
  List<String> codings(String digest) {
    return Compression.SUFFIX.keySet().stream()
        .filter(coding -> Files.exists(variant(digest, coding)))
        .sorted()
        .toList();
  }

  Batch batch() {
    try {
      return new Batch(Files.createTempDirectory(incoming, "batch"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes every blob and variant whose digest is not among those kept.
  ///
  /// @return the bytes that were freed
  long retain(Set<String> keep) {
    long freed = 0;
    try (var files = Files.walk(blobs, 2)) {
      for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        var digest = file.getFileName().toString().split("\\.")[0];
        if (!keep.contains(digest)) {
          freed += Files.size(file);
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return freed;
  }

  /// New blobs on their way in; safe for several threads.
  final class Batch implements AutoCloseable {
    private final Path folder;
    private final ConcurrentLinkedQueue<Path> targets = new ConcurrentLinkedQueue<>();

    private Batch(Path folder) {
      this.folder = folder;
    }

    void add(String digest, byte[] bytes) {
      write(path(digest), bytes);
    }

    void addVariants(String digest, Map<String, byte[]> variants) {
      variants.forEach((coding, bytes) -> write(variant(digest, coding), bytes));
    }

    /// Takes a copy of a file that is too big to be held in memory.
    void addFile(String digest, Path from) {
      var aside = folder.resolve(digest);
      try (var in = FileChannel.open(from, StandardOpenOption.READ);
          var out = open(aside)) {
        for (long at = 0; at < in.size(); ) {
          at += in.transferTo(at, in.size() - at, out);
        }
        out.force(true);
      } catch (java.nio.file.FileAlreadyExistsException e) {
        return; // The same bytes under two names: the first one brings them.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      targets.add(path(digest));
    }

    private void write(Path target, byte[] bytes) {
      try (var out = open(folder.resolve(target.getFileName()))) {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        out.force(true);
      } catch (java.nio.file.FileAlreadyExistsException e) {
        return; // The same bytes under two names: the first one brings them.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      targets.add(target);
    }

    private static FileChannel open(Path file) throws IOException {
      return FileChannel.open(
          file,
          Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(READ_ONLY)));
    }

    /// Puts all of it in place for good.
    void commit() {
      var folders = new HashSet<Path>();
      try {
        for (var target : targets) {
          var parent = DurableFiles.parent(target);
          if (folders.add(parent)) {
            Files.createDirectories(parent);
          }
          Files.move(folder.resolve(target.getFileName()), target, StandardCopyOption.ATOMIC_MOVE);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Stream.concat(folders.stream(), Stream.of(blobs)).forEach(DurableFiles::flushFolder);
    }

    @Override
    public void close() {
      DurableFiles.deleteTree(folder);
    }
  }
}
