package dev.freehold.migration;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// One schema migration of an app: a file of `supabase/migrations`.
///
/// @param path where it is
/// @param version the digits its name begins with; the whole name without `.sql` where there are
///   none, or where an earlier file has the same digits
/// @param name what follows the digits
public record SchemaFile(Path path, String version, String name) {
  /// A larger file is data, not a schema.
  public static final long MAX_BYTES = 16L << 20;

  /// More files than any app has.
  public static final int MAX_FILES = 10_000;

  private static final Pattern NAME = Pattern.compile("(\\d+)[_-]?(.*)\\.sql");
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /// The files of a folder in the order of their names; none when there is no such folder. Links
  /// and folders in it are not looked at.
  ///
  /// @throws dev.freehold.problem.ProblemException `migration-too-large`
  public static List<SchemaFile> in(Path folder) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      var paths =
          files
              .filter(file -> file.toString().endsWith(".sql"))
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .sorted((a, b) -> fileName(a).compareTo(fileName(b)))
              .limit(MAX_FILES + 1L)
              .toList();
      if (paths.size() > MAX_FILES) {
        throw Problem.of("migration-too-large", folder + " holds more files than any app has")
            .detail("the limit is " + MAX_FILES)
            .raise();
      }
      return named(paths);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a message calls it.
  public String fileName() {
    return fileName(path);
  }

  /// Its statements.
  ///
  /// @throws dev.freehold.problem.ProblemException `migration-too-large`, `migration-unreadable`
  public List<SqlStatement> statements() {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw Problem.of("migration-too-large", fileName() + " is too large for a schema migration")
            .detail(Files.size(path) + " bytes; the limit is " + MAX_BYTES)
            .hint("load rows by a dump or COPY, not by a schema migration")
            .raise();
      }
      var text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(path)));
      boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
      return SqlSplitter.split(
          text.subSequence(marked ? 1 : 0, text.length()).toString(), fileName());
    } catch (CharacterCodingException e) {
      throw Problem.of("migration-unreadable", fileName() + " is not UTF-8 text").raise(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<SchemaFile> named(List<Path> paths) {
    var seen = new HashSet<String>();
    var named = new ArrayList<SchemaFile>();
    for (var path : paths) {
      var file = fileName(path);
      var stem = file.substring(0, file.length() - ".sql".length());
      var match = NAME.matcher(file);
      boolean numbered = match.matches() && seen.add(match.group(1));
      named.add(
          numbered
              ? new SchemaFile(path, match.group(1), match.group(2))
              : new SchemaFile(path, stem, stem));
    }
    return named;
  }

  private static String fileName(Path path) {
    return String.valueOf(path.getFileName());
  }
}
