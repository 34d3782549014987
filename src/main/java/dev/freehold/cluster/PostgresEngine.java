package dev.freehold.cluster;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/// The programs of one PostgreSQL version: those Freehold brings itself, those the machine has, or
/// those the owner named.
///
/// @param bin the folder that holds `postgres`, `initdb` and `pg_ctl`; every OS user may read it
/// @param version as `postgres --version` says it, for example `18.6`
public record PostgresEngine(Path bin, String version) {
  /// The oldest major version whose features the compatible backends use.
  public static final int OLDEST_MAJOR = 15;

  private static final List<String> PROGRAMS = List.of("postgres", "initdb", "pg_ctl");
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+(?:\\.\\d+)?\\S*)");

  /// The engine Freehold brings: fetched once, proven by its digest, and unpacked into `folder`.
  /// Folders above it must let every OS user pass.
  ///
  /// @param progress told the bytes fetched so far; not called when the engine is there already
  /// @throws dev.freehold.problem.ProblemException `download-failed`, `engine-platform`
  public static PostgresEngine embedded(Path folder, LongConsumer progress) {
    return at(EmbeddedEngine.forThisMachine().into(folder, progress).resolve("bin"));
  }

  /// The engine in a folder the owner named.
  ///
  /// @throws dev.freehold.problem.ProblemException `engine-missing`, `engine-too-old`
  public static PostgresEngine at(Path bin) {
    var folder = bin.toAbsolutePath().normalize();
    for (var program : PROGRAMS) {
      if (!Files.isExecutable(folder.resolve(program))) {
        throw Problem.of("engine-missing", folder + " holds no PostgreSQL server")
            .detail("there is no program " + program)
            .hint(
                "name the folder of postgres, initdb and pg_ctl, as in /usr/lib/postgresql/17/bin")
            .raise();
      }
    }
    var engine = new PostgresEngine(folder, versionOf(folder.resolve("postgres")));
    if (engine.major() < OLDEST_MAJOR) {
      throw Problem.of("engine-too-old", "PostgreSQL " + engine.version() + " is too old")
          .detail(folder + " holds " + engine.version())
          .hint("use version " + OLDEST_MAJOR + " or newer, or the one Freehold brings")
          .raise();
    }
    return engine;
  }

  /// The newest engine this machine's package manager installed, if one is new enough.
  public static Optional<PostgresEngine> installed() {
    if (!Files.isDirectory(DEBIAN)) {
      return Optional.empty();
    }
    try (var versions = Files.list(DEBIAN)) {
      return versions
          .map(folder -> folder.resolve("bin"))
          .filter(bin -> PROGRAMS.stream().allMatch(p -> Files.isExecutable(bin.resolve(p))))
          .map(bin -> new PostgresEngine(bin, versionOf(bin.resolve("postgres"))))
          .filter(engine -> engine.major() >= OLDEST_MAJOR)
          .max(Comparator.comparingInt(PostgresEngine::major));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The major version: 18 for `18.6`, also for a beta.
  public int major() {
    return majorOf(version);
  }

  String program(String name) {
    return bin.resolve(name).toString();
  }

  static int majorOf(String version) {
    int end = 0;
    while (end < version.length() && Character.isDigit(version.charAt(end))) {
      end++;
    }
    return end == 0 ? 0 : Integer.parseInt(version.substring(0, end));
  }

  static String versionOf(Path program) {
    var said = Commands.run(Command.of(program.toString(), "--version"));
    var found = VERSION.matcher(said.out());
    if (!said.ok() || !found.find()) {
      throw Problem.of("engine-missing", program + " does not run here")
          .detail(said.lastWords())
          .hint("is it built for this machine's processor and C library?")
          .raise();
    }
    return found.group(1);
  }
}
