package dev.freehold.inspection;

import dev.freehold.export.Export;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The export's files as text. Reads each at most once, none above [#MAX_TEXT_BYTES], and follows
/// no link. Not safe for several threads.
final class Sources {
  /// Largest file that is read, in bytes; real lock files reach 2 MB.
  static final int MAX_TEXT_BYTES = 16 << 20;

  /// Most text kept for the next detector, in characters.
  private static final long MAX_KEPT_CHARS = 96L << 20;

  private final Path root;
  private final TreeMap<String, Long> sizes = new TreeMap<>();
  private final Map<String, String> kept = new HashMap<>();
  private final Map<String, CodeText> code = new HashMap<>();
  private long keptChars;

  Sources(Path root) {
    this.root = root;
    try {
      Files.walkFileTree(root, new Index());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Index extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return !folder.equals(root) && Export.leavesOut(below(folder))
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        sizes.put(below(file), attributes.size());
      }
      return FileVisitResult.CONTINUE;
    }

    private String below(Path path) {
      return root.relativize(path).toString();
    }
  }

  boolean has(String path) {
    return sizes.containsKey(path);
  }

  /// Whether any file lies below that folder (without a slash at its end).
  boolean hasFolder(String folder) {
    var next = sizes.ceilingKey(folder + "/");
    return next != null && next.startsWith(folder + "/");
  }

  long size(String path) {
    return sizes.getOrDefault(path, 0L);
  }

  /// Every path, sorted.
  List<String> paths() {
    return List.copyOf(sizes.keySet());
  }

  List<String> paths(Predicate<String> wanted) {
    return sizes.keySet().stream().filter(wanted).toList();
  }

  /// The first of these files that exists.
  Optional<String> first(String... candidates) {
    for (var path : candidates) {
      if (has(path)) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }

  /// The text of a file; nothing when it is absent or too large. Bytes that are not UTF-8 become
  /// replacement characters.
  Optional<String> text(String path) {
    if (!has(path) || size(path) > MAX_TEXT_BYTES) {
      return Optional.empty();
    }
    var known = kept.get(path);
    if (known != null) {
      return Optional.of(known);
    }
    try (var in = Files.newInputStream(root.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
      var text = new String(in.readNBytes(MAX_TEXT_BYTES), StandardCharsets.UTF_8);
      if (keptChars + text.length() <= MAX_KEPT_CHARS) {
        keptChars += text.length();
        kept.put(path, text);
      }
      return Optional.of(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The text of a source file with its comments blanked.
  CodeText code(String path) {
    var known = code.get(path);
    if (known == null) {
      known = CodeText.of(path, text(path).orElse(""));
      code.put(path, known);
    }
    return known;
  }

  /// The source files that end up in what visitors load or in the app's own server.
  List<CodeText> shipped() {
    return paths(CodeArea::isShipped).stream().map(this::code).toList();
  }

  List<CodeText> codes(Predicate<String> wanted) {
    return paths(wanted).stream().map(this::code).toList();
  }

  Map<String, Long> sizes() {
    return Collections.unmodifiableMap(sizes);
  }
}
