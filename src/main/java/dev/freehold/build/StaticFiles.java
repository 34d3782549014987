package dev.freehold.build;

import dev.freehold.plan.BuildRecipe;
import dev.freehold.problem.Problem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// The files that a project's `static_files` name, wherever in the export they lie. Files with
/// secrets are none of them, as [OutputFiles] has it.
final class StaticFiles {
  private static final Pattern WILDCARD = Pattern.compile("[*?\\[]");
  private static final int MAX_WILDCARDS = 8;

  private StaticFiles() {}

  /// @return path in the export to the file
  static SortedMap<String, Path> of(BuildRecipe.Function function, Path source) {
    var found = new TreeMap<String, Path>();
    for (var pattern : function.statics()) {
      var first = folderOf(pattern);
      var folder = source.resolve(first);
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      var named = named(pattern);
      OutputFiles.in(folder)
          .files()
          .forEach((path, file) -> {
            var full = first.isEmpty() ? path : first + "/" + path;
            if (named.test(Path.of(full))) {
              found.put(full, file);
            }
          });
    }
    return found;
  }

  /// `**` stands for no folder at all too. Braces mean nothing, as at Supabase.
  private static Predicate<Path> named(String pattern) {
    if (WILDCARD.matcher(pattern).results().count() > MAX_WILDCARDS) {
      throw invalid(pattern, "it has more than " + MAX_WILDCARDS + " wildcards");
    }
    var plain = pattern.replace("{", "\\{").replace("}", "\\}");
    try {
      var files = FileSystems.getDefault();
      var deep = files.getPathMatcher("glob:" + plain);
      var flat = files.getPathMatcher("glob:" + plain.replace("**/", ""));
      return path -> deep.matches(path) || flat.matches(path);
    } catch (PatternSyntaxException e) {
      throw invalid(pattern, String.valueOf(e.getDescription()));
    }
  }

  private static RuntimeException invalid(String pattern, String why) {
    return Problem.of("function-config-invalid", "static_files cannot be read: " + pattern)
        .detail(why)
        .hint("it stands in supabase/config.toml; correct it and deploy again")
        .raise();
  }

  /// The folders that every match lies in.
  private static String folderOf(String pattern) {
    var wildcard = WILDCARD.matcher(pattern);
    var plain = wildcard.find() ? pattern.substring(0, wildcard.start()) : pattern;
    int slash = plain.lastIndexOf('/');
    return slash < 0 ? "" : plain.substring(0, slash);
  }
}
