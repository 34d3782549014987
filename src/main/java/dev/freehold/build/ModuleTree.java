package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import dev.freehold.plan.BuildRecipe.Function;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The modules of one function that cannot be one file, pinned and whole: its packages as Deno
/// keeps them, its configuration and the lock that names every version.
///
/// In an Artifact all such functions share `.whole/app`, where the export's files have the places
/// they had in the export, and `.whole/modules/NAME` is one function's own.
final class ModuleTree {
  /// Below the folder of all functions.
  static final String FOLDER = ".whole/";

  private static final String SOURCES = FOLDER + "app/";
  private static final String OURS = SOURCES + Artifact.OURS;
  private static final int MAX_FILES = 30_000;
  private static final long MAX_BYTES = 256L << 20;
  private static final long MAX_FACTS_BYTES = 4L << 20;
  private static final int MAX_PATH_CHARS = 1_024;
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final JsonMapper JSON = JsonMapper.shared();
  static final List<String> OUR_MODULES = List.of("std-http-server.ts", "nothing.ts");

  private ModuleTree() {}

  /// Whether the build left one for the function.
  static boolean isIn(Path folder, Function function) {
    return Files.isRegularFile(facts(folder, function), LinkOption.NOFOLLOW_LINKS);
  }

  /// Takes what the build left, as hostile input: regular files alone, a bounded number of them.
  static void keep(Path left, Function function, Path into) {
    var name = function.name();
    try {
      for (var part : List.of(".tree.json", ".json", ".lock")) {
        var file = left.resolve(name + part);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            || Files.size(file) > MAX_FACTS_BYTES) {
          throw FunctionFailure.notWritten(name);
        }
        DurableFiles.write(into.resolve(name + part), Files.readAllBytes(file));
      }
      var from = left.resolve(name + ".modules");
      var to = DurableFiles.folder(into.resolve(name + ".modules"));
      if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
        Files.walkFileTree(from, new Copying(function, from, to));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the list of functions says of it, so that it can be run.
  static Map<String, String> told(Path made, Function function) {
    var facts = read(facts(made, function));
    return Map.of(
        "entry", function.entry(),
        "registry", facts.path("registry").asString(""),
        "jsr", facts.path("jsr").asString(""));
  }

  /// The packages with native code.
  static List<String> nativePackages(Path made, Function function) {
    return texts(read(facts(made, function)).path("native"));
  }

  /// Its files, below the folder of all functions.
  ///
  /// @param source the export's root
  static SortedMap<String, Path> files(Path made, Function function, Path source) {
    var files = new TreeMap<String, Path>();
    var name = function.name();
    files.put(OURS + name + ".json", made.resolve(name + ".json"));
    files.put(OURS + name + ".lock", made.resolve(name + ".lock"));
    OUR_MODULES.forEach(module -> files.put(OURS + module, made.resolve(module)));
    for (var path : texts(read(facts(made, function)).path("files"))) {
      var file = source.resolve(path).normalize();
      if (isOf(source, file)) {
        files.put(SOURCES + source.relativize(file), file);
      }
    }
    var modules = made.resolve(name + ".modules");
    try (var all = Files.walk(modules)) {
      all.filter(Files::isRegularFile)
          .forEach(
              file -> files.put(FOLDER + "modules/" + name + "/" + modules.relativize(file), file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /// Where a file of the export lies for all functions with a tree.
  static String place(String path) {
    return SOURCES + path;
  }

  private static boolean isOf(Path source, Path file) {
    try {
      return file.startsWith(source)
          && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && file.toRealPath().startsWith(source.toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path facts(Path folder, Function function) {
    return folder.resolve(function.name() + ".tree.json");
  }

  /// A file that the build left; nothing when it is no JSON.
  static JsonNode read(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      return JSON.createObjectNode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(one -> one.asString(""))
        .filter(one -> !one.isEmpty() && one.length() <= MAX_PATH_CHARS && one.indexOf('\0') < 0)
        .toList();
  }

  /// Copies regular files alone, and only so many.
  private static final class Copying extends SimpleFileVisitor<Path> {
    private final Function function;
    private final Path from;
    private final Path to;
    private int files;
    private long bytes;

    Copying(Function function, Path from, Path to) {
      this.function = function;
      this.from = from;
      this.to = to;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes facts)
        throws IOException {
      Files.createDirectories(to.resolve(from.relativize(folder)));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes facts) throws IOException {
      if (!facts.isRegularFile()) {
        return FileVisitResult.CONTINUE;
      }
      bytes += facts.size();
      files++;
      if (bytes > MAX_BYTES || files > MAX_FILES) {
        throw FunctionFailure.treeTooLarge(function.name(), MAX_BYTES, MAX_FILES);
      }
      var target = to.resolve(from.relativize(file));
      Files.copy(file, target, LinkOption.NOFOLLOW_LINKS);
      // Some packages are published with files that nobody but their owner may read.
      Files.setPosixFilePermissions(target, READABLE);
      try (var channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
