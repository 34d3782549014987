package dev.freehold.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/// Files that are whole or absent, also after a crash: written beside, flushed, renamed, and the
/// folder flushed.
public final class DurableFiles {
  private static final String UNFINISHED = ".tmp";

  private DurableFiles() {}

  public static void write(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  public static void write(Path file, byte[] bytes) {
    write(file, bytes, "rw-r--r--");
  }

  /// Writes a file that only we can read.
  public static void writeSecret(Path file, byte[] bytes) {
    write(file, bytes, "rw-------");
  }

  /// As [#write], unless the file holds these very bytes.
  public static void keep(Path file, byte[] bytes) {
    try {
      if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
        write(file, bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes a file that is whole or absent after a crash of ours. It may be lost with the machine,
  /// and so may serve only what means nothing after the next boot.
  public static void writeForThisBoot(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8), "rw-r--r--", false);
  }

  private static void write(Path file, byte[] bytes, String permissions) {
    write(file, bytes, permissions, true);
  }

  private static void write(Path file, byte[] bytes, String permissions, boolean flushed) {
    var beside =
        file.resolveSibling("." + file.getFileName() + "." + System.nanoTime() + UNFINISHED);
    try {
      Files.createFile(
          beside,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
      try (var channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        if (flushed) {
          channel.force(true);
        }
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      if (flushed) {
        flushFolder(parent(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes what [#write] had begun in that folder when we were killed. Nobody may be writing
  /// there.
  public static void removeUnfinished(Path folder) {
    try (var files = Files.newDirectoryStream(folder, ".*" + UNFINISHED)) {
      for (var file : files) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Renames a finished folder or file into place and makes the rename last.
  public static void moveIntoPlace(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      flushFolder(parent(to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The folder a path lies in.
  public static Path parent(Path path) {
    var parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(path + " lies in no folder");
    }
    return parent;
  }

  public static void flushFolder(Path folder) {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes the folder and those above it that are missing.
  public static Path folder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes a folder that only we can enter.
  public static Path secretFolder(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Gives a folder and all in it to that user; does nothing when we are not root.
  public static void giveTo(OsUser user, Path tree) {
    if (!OsUser.weAreRoot()) {
      return;
    }
    try {
      Files.walkFileTree(
          tree,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a)
                throws IOException {
              return own(folder);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
              return own(file);
            }

            private FileVisitResult own(Path path) throws IOException {
              Files.setAttribute(path, "unix:uid", user.uid(), LinkOption.NOFOLLOW_LINKS);
              Files.setAttribute(path, "unix:gid", user.gid(), LinkOption.NOFOLLOW_LINKS);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes a folder and all in it, following no link. Nothing happens when it is absent.
  public static void deleteTree(Path tree) {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.walkFileTree(
          tree,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path folder, java.io.@org.jspecify.annotations.Nullable IOException e)
                throws IOException {
              Files.delete(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
