package dev.freehold.build;

import dev.freehold.plan.BuildRecipe.Function;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Says of a package with native code that no function can load it, here or at Supabase: who
/// imports it, where, and what does the same without.
final class NativeCode {
  private static final Pattern NPM = Pattern.compile("npm:/?((?:@[^/]+/)?[^@/]+).*");
  private static final int MAX_PACKAGES = 10_000;

  /// Packages that do without, by the one that is imported.
  private static final Map<String, String> INSTEAD =
      Map.of(
          "sharp", "npm:@imagemagick/magick-wasm",
          "imagescript", "npm:@imagemagick/magick-wasm",
          "canvas", "npm:@resvg/resvg-wasm, with a drawing in SVG",
          "@napi-rs/canvas", "npm:@resvg/resvg-wasm, with a drawing in SVG",
          "@resvg/resvg-js", "npm:@resvg/resvg-wasm",
          "bcrypt", "npm:bcryptjs",
          "argon2", "npm:hash-wasm",
          "better-sqlite3", "the app's own database",
          "sqlite3", "the app's own database");

  private NativeCode() {}

  /// One for each import that brings native code, and one for packages that none was found for.
  ///
  /// @param packages those with native code
  /// @param made where the function's lock is kept
  static Set<String> warnings(Function function, List<String> packages, Path source, Path made) {
    var warnings = new LinkedHashSet<String>();
    if (packages.isEmpty()) {
      return warnings;
    }
    var lock = ModuleTree.read(made.resolve(function.name() + ".lock"));
    var left = new HashSet<>(packages);
    for (var written : function.imports()) {
      var npm = NPM.matcher(written);
      if (npm.matches() && left.removeAll(needed(lock, npm.group(1)))) {
        warnings.add(
            "warning: %s imports %s, with native code that no function can load, as at Supabase%s"
                .formatted(place(function, source, written), written, instead(npm.group(1))));
      }
    }
    for (var name : left) {
      warnings.add(
          "warning: function %s has the package %s, whose native code no function can load"
              .formatted(function.name(), name));
    }
    return warnings;
  }

  private static String instead(String imported) {
    return INSTEAD.containsKey(imported) ? "; use " + INSTEAD.get(imported) : "";
  }

  /// The package and all that it needs, as the lock has it.
  private static Set<String> needed(JsonNode lock, String from) {
    var seen = new HashSet<String>();
    var open = new ArrayDeque<String>(List.of(from));
    while (!open.isEmpty() && seen.size() < MAX_PACKAGES) {
      var name = open.poll();
      if (seen.add(name)) {
        open.addAll(neededBy(lock, name));
      }
    }
    return seen;
  }

  private static Set<String> neededBy(JsonNode lock, String name) {
    var needed = new HashSet<String>();
    for (var one : lock.path("npm").properties()) {
      if (one.getKey().startsWith(name + "@")) {
        for (var list : List.of("dependencies", "optionalDependencies")) {
          for (var other : one.getValue().path(list)) {
            var text = other.asString("");
            int at = text.indexOf('@', 1);
            needed.add(at < 0 ? text : text.substring(0, at));
          }
        }
      }
    }
    return needed;
  }

  /// The file and line of the import: the function's own file, or the first of its neighbours.
  private static String place(Function function, Path source, String written) {
    var entry = source.resolve(function.entry());
    try {
      if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
        var code = Files.readString(entry);
        int at = code.indexOf(written);
        if (at >= 0) {
          return function.entry() + ":" + code.substring(0, at + 1).lines().count();
        }
      }
      return "function " + function.name();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
