package dev.freehold.objectstore;

import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// Bytes in a folder of this machine: `ab/ab12cd34-….`, one file a version, in folders named by the
/// version's first two digits. A file appears by one rename (or link) of bytes that were flushed
/// before, and the folder is flushed after.
public final class FolderStore implements ObjectStore {
  private static final int FOLDER_DIGITS = 2;

  private final Path root;

  /// @param root made when it is missing; on the same file system as what is kept
  public FolderStore(Path root) {
    this.root = DurableFiles.secretFolder(root);
  }

  @Override
  public void keep(Path finished, Version version) {
    var file = place(version);
    try {
      DurableFiles.moveIntoPlace(finished, file);
    } catch (UncheckedIOException e) {
      throw failed(file, e);
    }
  }

  @Override
  public Optional<Stored> open(Version version) {
    return atHand(version).map(found -> found);
  }

  @Override
  public Optional<Stored.OnDisk> atHand(Version version) {
    try {
      var channel = FileChannel.open(path(version), StandardOpenOption.READ);
      return Optional.of(new Stored.OnDisk(channel, channel.size()));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(path(version), e);
    }
  }

  /// A second link to the same bytes, which never change: no byte is copied.
  @Override
  public boolean copy(Version from, Version to) {
    var file = place(to);
    try {
      Files.createLink(file, path(from));
      DurableFiles.flushFolder(DurableFiles.parent(file));
      return true;
    } catch (NoSuchFileException absent) {
      return false;
    } catch (FileAlreadyExistsException e) {
      throw new IllegalStateException("a version was given out twice: " + to, e);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  @Override
  public void delete(Version version) {
    try {
      Files.deleteIfExists(path(version));
    } catch (IOException e) {
      throw failed(path(version), e);
    }
  }

  @Override
  public void each(Consumer<Found> found) {
    try (var folders = Files.newDirectoryStream(root)) {
      for (var folder : folders) {
        try (var files = Files.newDirectoryStream(folder)) {
          for (var file : files) {
            tell(file, found);
          }
        }
      }
    } catch (IOException e) {
      throw failed(root, e);
    }
  }

  /// Nothing is begun here: bytes come in one rename.
  @Override
  public int sweep(Instant begunBefore) {
    return 0;
  }

  /// Hands a version's bytes to another store, and keeps them until that has them.
  ///
  /// @return how many; empty when there are none, or none any more
  Optional<Long> hand(Version version, ObjectStore to) {
    var file = path(version);
    try {
      long size = Files.size(file);
      to.keep(file, version);
      return Optional.of(size);
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(file, e);
    } catch (RuntimeException e) {
      if (Files.exists(file)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static void tell(Path file, Consumer<Found> found) throws IOException {
    var version = Version.parse(String.valueOf(file.getFileName()));
    if (version.isEmpty()) {
      return;
    }
    Found entry;
    try {
      entry = new Found(version.get(), Files.size(file), changed(file));
    } catch (NoSuchFileException removedMeanwhile) {
      return;
    }
    found.accept(entry);
  }

  /// When this name was given to the bytes: a rename or a link changes no other time.
  private static Instant changed(Path file) throws IOException {
    return ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
  }

  private Path path(Version version) {
    return root.resolve(version.text().substring(0, FOLDER_DIGITS)).resolve(version.text());
  }

  private Path place(Version version) {
    var file = path(version);
    var folder = DurableFiles.parent(file);
    if (!Files.isDirectory(folder)) {
      DurableFiles.folder(folder);
      DurableFiles.flushFolder(root);
    }
    return file;
  }

  private static RuntimeException failed(Path where, Throwable cause) {
    return Problem.of("object-store-failed", "the bytes of a file could not be kept or read")
        .detail(where + ": " + cause)
        .hint("is the disk full, or the folder not ours?")
        .raise(cause);
  }
}
