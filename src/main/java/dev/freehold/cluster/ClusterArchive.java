package dev.freehold.cluster;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// The last copy of a Cluster before it is deleted.
///
/// Where the machine has a `pg_dump` that is as new as the server, the copy is its custom-format
/// dump `NAME.dump`, which any later PostgreSQL restores. The engine Freehold brings has no
/// `pg_dump`: then the copy is `NAME.tar.gz`, the data folder of the stopped server, which starts
/// again under the same major version. Both are readable by us alone.
///
/// @param data the data folder
record ClusterArchive(Cluster cluster, PostgresEngine engine, Path data) {
  private static final Duration DUMP_TIMEOUT = Duration.ofHours(6);
  private static final int BUFFER_BYTES = 1 << 16;

  Path into(Path folder, String name) {
    var dump = pgDump();
    if (dump.isPresent()) {
      return dumped(dump.get(), folder.resolve(name + ".dump"));
    }
    cluster.stop();
    return packed(folder.resolve(name + ".tar.gz"));
  }

  /// A `pg_dump` not older than the server: beside its programs, or the newest of the machine.
  private Optional<Path> pgDump() {
    var beside = engine.bin().resolve("pg_dump");
    if (Files.isExecutable(beside)) {
      return Optional.of(beside);
    }
    return PostgresEngine.installed()
        .map(installed -> installed.bin().resolve("pg_dump"))
        .filter(Files::isExecutable)
        .filter(
            program -> PostgresEngine.majorOf(PostgresEngine.versionOf(program)) >= engine.major());
  }

  private Path dumped(Path program, Path file) {
    cluster.start();
    var database = cluster.database();
    var partial = file.resolveSibling("." + file.getFileName() + ".part");
    var passwords = file.resolveSibling("." + file.getFileName() + ".passwords");
    try {
      DurableFiles.writeSecret(passwords, passwordLine(database));
      DurableFiles.writeSecret(partial, new byte[0]);
      var done =
          Commands.run(
              Command.of(
                      program.toString(),
                      "--format=custom",
                      "--file=" + partial,
                      "--host=" + database.host(),
                      "--port=" + database.port(),
                      "--username=" + database.user(),
                      "--no-password",
                      database.name())
                  .with("PGPASSFILE", passwords.toString())
                  .within(DUMP_TIMEOUT));
      if (!done.ok()) {
        throw Problem.of("cluster-not-archived", "pg_dump could not write the last copy")
            .detail(done.lastWords())
            .raise();
      }
      DurableFiles.moveIntoPlace(partial, file);
      return file;
    } finally {
      DurableFiles.deleteTree(passwords);
      DurableFiles.deleteTree(partial);
    }
  }

  private static byte[] passwordLine(Database database) {
    var password = database.password().replace("\\", "\\\\").replace(":", "\\:");
    return ("*:*:*:" + database.user() + ":" + password + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private Path packed(Path file) {
    var partial = file.resolveSibling("." + file.getFileName() + ".part");
    try {
      DurableFiles.writeSecret(partial, new byte[0]);
      try (var raw = Files.newOutputStream(partial);
          var tar = tar(raw);
          var files = Files.walk(data)) {
        for (var path : (Iterable<Path>) files::iterator) {
          add(tar, path);
        }
        tar.finish();
      }
      Commands.run(Command.of("sync", partial.toString()));
      DurableFiles.moveIntoPlace(partial, file);
      return file;
    } catch (IOException e) {
      throw Problem.of("cluster-not-archived", "could not write " + file)
          .detail(String.valueOf(e.getMessage()))
          .raise(e);
    } finally {
      DurableFiles.deleteTree(partial);
    }
  }

  private static TarArchiveOutputStream tar(OutputStream raw) throws IOException {
    var buffered = new BufferedOutputStream(raw, BUFFER_BYTES);
    var tar = new TarArchiveOutputStream(new GZIPOutputStream(buffered, BUFFER_BYTES), "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    return tar;
  }

  private void add(TarArchiveOutputStream tar, Path path) throws IOException {
    boolean folder = Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS);
    if (!folder && !Files.isRegularFile(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    var name = Path.of("data").resolve(data.relativize(path)).toString();
    var entry = new TarArchiveEntry(folder ? name + "/" : name);
    entry.setMode(folder ? 040700 : 0100600);
    entry.setModTime(Files.getLastModifiedTime(path).toMillis());
    if (!folder) {
      entry.setSize(Files.size(path));
    }
    tar.putArchiveEntry(entry);
    if (!folder) {
      Files.copy(path, tar);
    }
    tar.closeArchiveEntry();
  }
}
