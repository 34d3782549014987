package dev.freehold.client;

import dev.freehold.problem.Problem;
import java.nio.file.Path;
import java.util.Optional;

/// Where one Freehold keeps everything, and where its control socket is.
///
/// By default `/var/lib/freehold` for root and `~/.local/share/freehold` for anybody else; the
/// variable `FREEHOLD_DATA` or the option `--data` names another.
public record DataFolder(Path path) {
  private static final String VARIABLE = "FREEHOLD_DATA";

  /// A unix socket's address has room for 108 bytes (unix(7)).
  private static final int MAX_SOCKET_BYTES = 107;

  public DataFolder {
    path = path.toAbsolutePath().normalize();
    if (socketOf(path).toString().length() > MAX_SOCKET_BYTES) {
      throw Problem.of("data-folder-too-deep", "the data folder's path is too long")
          .detail(path.toString())
          .hint("a unix socket lies in it; choose a path of at most 80 characters with --data")
          .raise();
    }
  }

  public static DataFolder choose(Optional<Path> option) {
    var variable = System.getenv(VARIABLE);
    if (option.isPresent()) {
      return new DataFolder(option.get());
    }
    if (variable != null && !variable.isBlank()) {
      return new DataFolder(Path.of(variable));
    }
    return new DataFolder(
        System.getProperty("user.name").equals("root")
            ? Path.of("/var/lib/freehold")
            : Path.of(System.getProperty("user.home"), ".local", "share", "freehold"));
  }

  public Path socket() {
    return socketOf(path);
  }

  /// What the server writes before its log book is open, and what the JVM itself says.
  public Path console() {
    return path.resolve("logs").resolve("console.log");
  }

  private static Path socketOf(Path path) {
    return path.resolve("control").resolve("freehold.sock");
  }
}
