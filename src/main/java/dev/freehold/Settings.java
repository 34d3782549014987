package dev.freehold;

import dev.freehold.cli.ServeSettings;
import dev.freehold.client.DataFolder;
import dev.freehold.os.DurableFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// Where the server keeps what, and where it listens.
///
/// @param data the data folder; other OS users may pass through it, into their own folders alone
/// @param port the port that was asked for, or none
/// @param listen the address apps are served on
/// @param postgresBin PostgreSQL's programs, when not the embedded ones
record Settings(Path data, Optional<Integer> port, String listen, Optional<Path> postgresBin) {
  static final int USUAL_PORT = 4280;

  private static final String LOOPBACK = "127.0.0.1";

  static Settings of(ServeSettings typed) {
    return new Settings(
        typed.data(), typed.port(), typed.listen().orElse(LOOPBACK), typed.postgresBin());
  }

  /// Makes the folders with their permissions.
  Settings prepared() {
    try {
      DurableFiles.folder(data);
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
      DurableFiles.secretFolder(control());
      DurableFiles.secretFolder(data.resolve("logs"));
      DurableFiles.secretFolder(scratch());
      DurableFiles.secretFolder(dumps());
      return this;
    } catch (java.io.IOException e) {
      throw dev.freehold.problem.Problem.of(
              "data-folder-unusable", "the data folder could not be made")
          .detail(data + ": " + e.getMessage())
          .hint("choose another with --data")
          .raise(e);
    }
  }

  Path control() {
    return data.resolve("control");
  }

  Path socket() {
    return new DataFolder(data).socket();
  }

  Path scratch() {
    return data.resolve("scratch");
  }

  Path dumps() {
    return data.resolve("dumps");
  }

  /// The file that remembers which port apps are served on, so that addresses stay.
  Path portFile() {
    return control().resolve("port");
  }
}
