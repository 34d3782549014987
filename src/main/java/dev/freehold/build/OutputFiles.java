package dev.freehold.build;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads what a build left behind, as hostile input: only regular files, only from below the output
/// folder, a bounded number of them.
///
/// A link is followed where it stays inside the folder, and becomes the file it leads to. Left out
/// are files that hold secrets (`.env`, `.dev.vars`), and files that another tool compressed: we
/// make our own variants, and theirs would still hold strings that an activation replaces.
final class OutputFiles {
  private static final int MAX_FILES = 200_000;
  private static final int MAX_DEPTH = 64;
  private static final int MAX_PATH_CHARS = 1_024;
  private static final Pattern SECRET =
      Pattern.compile("\\.env(\\..*)?|\\.dev\\.vars(\\..*)?|\\.npmrc|\\.git|.*\\.pem|\\.netrc");
  private static final Pattern PACKED = Pattern.compile("(.*)\\.(gz|br|zst)");

  private final Path root;
  private final SortedMap<String, Path> files = new TreeMap<>();
  private final List<String> leftOut = new ArrayList<>();

  private OutputFiles(Path root) {
    this.root = root;
  }

  static OutputFiles in(Path folder) {
    try {
      var output = new OutputFiles(folder.toRealPath());
      output.folder(output.root, "", 0);
      output.dropPacked();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Path in the output to the file that holds its bytes.
  SortedMap<String, Path> files() {
    return files;
  }

  /// What was left out, for the log.
  List<String> leftOut() {
    return leftOut;
  }

  private void folder(Path folder, String prefix, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw tooBig("folders lie deeper than " + MAX_DEPTH);
    }
    try (var entries = Files.newDirectoryStream(folder)) {
      for (var entry : entries) {
        var name = entry.getFileName().toString();
        if (SECRET.matcher(name).matches()) {
          leftOut.add(prefix + name);
        } else {
          entry(entry, prefix + name, depth);
        }
      }
    }
  }

  private void entry(Path entry, String path, int depth) throws IOException {
    if (path.length() > MAX_PATH_CHARS || path.chars().anyMatch(c -> c < ' ' || c == '\\')) {
      throw tooBig("a name is too long or holds control characters");
    }
    var real = Files.isSymbolicLink(entry) ? inside(entry) : entry;
    if (real == null) {
      leftOut.add(path);
    } else if (Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
      folder(real, path + "/", depth + 1);
    } else if (Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
      files.put(path, real);
      if (files.size() > MAX_FILES) {
        throw tooBig("more than " + MAX_FILES + " files");
      }
    } else {
      leftOut.add(path);
    }
  }

  private @org.jspecify.annotations.Nullable Path inside(Path link) {
    try {
      var real = link.toRealPath();
      return real.startsWith(root) ? real : null;
    } catch (IOException e) {
      return null; // A link to nothing, or in a circle.
    }
  }

  private void dropPacked() {
    files
        .keySet()
        .removeIf(path -> {
          var packed = PACKED.matcher(path);
          return packed.matches() && files.containsKey(packed.group(1));
        });
  }

  private static RuntimeException tooBig(String what) {
    return Problem.of("build-output-refused", "the build's output cannot be kept")
        .detail(what)
        .raise();
  }
}
