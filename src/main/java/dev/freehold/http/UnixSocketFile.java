package dev.freehold.http;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A Unix socket that nobody else can connect to, not even for the moment between `bind` and
/// `chmod`: it is bound inside a folder of its own (mode 0700), set to 0600, and moved into place.
final class UnixSocketFile {
  /// `sun_path` holds 108 bytes, the last of them zero (unix(7)).
  private static final int MAX_PATH_BYTES = 107;

  private final Path path;
  private final Path folder;
  private @Nullable Object identity;

  private UnixSocketFile(Path path, Path folder) {
    this.path = path;
    this.folder = folder;
  }

  static UnixSocketFile prepare(Path wanted) {
    var path = wanted.toAbsolutePath();
    if (answers(path)) {
      throw Problem.of("listen-address-unavailable", "Another process listens on " + path + ".")
          .hint("Is the server already running? `freehold status` shows it.")
          .raise();
    }
    try {
      var parent = Objects.requireNonNull(path.getParent());
      Files.createDirectories(parent);
      var owner = PosixFilePermissions.fromString("rwx------");
      var folder =
          Files.createTempDirectory(parent, ".s", PosixFilePermissions.asFileAttribute(owner));
      var file = new UnixSocketFile(path, folder);
      if (file.bindPath().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
        Files.delete(folder);
        throw Problem.of("listen-address-unavailable", "The path of the Unix socket is too long.")
            .detail(path.toString())
            .hint("Put the data folder where its path is shorter than 80 characters.")
            .raise();
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String bindPath() {
    return folder.resolve("s").toString();
  }

  void moveIntoPlace() {
    try {
      var bound = folder.resolve("s");
      Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
      Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      identity = identity(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes the folder the socket was bound in.
  void tidyUp() {
    try {
      Files.deleteIfExists(folder.resolve("s"));
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes the socket, unless another process has put its own there meanwhile.
  void delete() {
    try {
      if (Files.exists(path) && Objects.equals(identity, identity(path))) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object identity(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static boolean answers(Path path) {
    if (!Files.exists(path)) {
      return false;
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException nobodyThere) {
      return false;
    }
  }
}
