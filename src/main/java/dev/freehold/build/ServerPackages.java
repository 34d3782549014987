package dev.freehold.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Adds to a server's files the packages that it imports by name while it runs, with all that those
/// depend on, at the places where Node looks for them: `node_modules` beside `server`.
///
/// Bundlers leave such imports when a package is not to be bundled; without the packages the server
/// ends at its first line.
final class ServerPackages {
  private static final Pattern BARE_IMPORT =
      Pattern.compile(
          "(?:\\bfrom|\\bimport|\\brequire)\\s*\\(?\\s*[\"']([@a-zA-Z][^\"'\\s:]{0,200})[\"']");
  private static final Pattern NOT_NEEDED_TO_RUN =
      Pattern.compile(".*(\\.d\\.[mc]?ts|\\.map|\\.md|\\.markdown|\\.flow)");
  private static final List<String> DEPENDENCIES =
      List.of("dependencies", "optionalDependencies", "peerDependencies");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path app;
  private final Path modules;
  private final Consumer<String> log;

  ServerPackages(Path app, Consumer<String> log) {
    this.app = app;
    this.modules = app.resolve("node_modules");
    this.log = log;
  }

  void addTo(SortedMap<String, Path> files) {
    var found = closure(imported(files));
    int before = files.size();
    for (var folder : found) {
      var name = modules.relativize(folder);
      OutputFiles.in(folder)
          .files()
          .forEach((path, file) -> {
            if (!NOT_NEEDED_TO_RUN.matcher(path).matches()) {
              files.put("node_modules/" + name + "/" + path, file);
            }
          });
    }
    if (!found.isEmpty()) {
      log.accept(
          "build: the server imports packages while it runs; "
              + found.size()
              + " packages, "
              + (files.size() - before)
              + " files are kept with it");
    }
  }

  private static Set<String> imported(SortedMap<String, Path> files) {
    var names = new TreeSet<String>();
    files.forEach((path, file) -> {
      if (path.startsWith("server/") && path.matches(".*\\.[mc]?js")) {
        var imports = BARE_IMPORT.matcher(text(file));
        while (imports.find()) {
          names.add(packageName(imports.group(1)));
        }
      }
    });
    return names;
  }

  /// `@scope/name/part` to `@scope/name`.
  private static String packageName(String specifier) {
    var parts = specifier.split("/");
    return specifier.startsWith("@") && parts.length > 1 ? parts[0] + "/" + parts[1] : parts[0];
  }

  /// The folders of the packages and of all they depend on; a name that is not installed is one of
  /// Node's own modules, or optional.
  private Set<Path> closure(Set<String> names) {
    var found = new LinkedHashSet<Path>();
    var open = new ArrayDeque<Path>();
    for (var name : names) {
      resolve(app, name).ifPresent(open::add);
    }
    while (!open.isEmpty()) {
      var folder = open.remove();
      if (found.add(folder)) {
        for (var dependency : dependencies(folder)) {
          resolve(folder, dependency).ifPresent(open::add);
        }
      }
    }
    return found;
  }

  /// As Node looks for it: in `node_modules` of the folder, then of those above it.
  private Optional<Path> resolve(Path from, String name) {
    for (Path folder = from;
        folder != null && folder.startsWith(app);
        folder = folder.getParent()) {
      var candidate = folder.resolve("node_modules").resolve(name).normalize();
      if (candidate.startsWith(modules) && isPackage(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private boolean isPackage(Path folder) {
    try {
      return Files.isRegularFile(folder.resolve("package.json"), LinkOption.NOFOLLOW_LINKS)
          && folder.toRealPath().startsWith(app.toRealPath());
    } catch (IOException e) {
      return false; // A link to nothing.
    }
  }

  private static List<String> dependencies(Path folder) {
    var names = new ArrayList<String>();
    try {
      JsonNode manifest = JSON.readTree(text(folder.resolve("package.json")));
      for (var kind : DEPENDENCIES) {
        names.addAll(manifest.path(kind).propertyNames());
      }
    } catch (JacksonException e) {
      return List.of(); // Node could not read it either.
    }
    return names;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
