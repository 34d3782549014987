package dev.freehold.backend.supabase.functions.deno;

import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What one function's process runs: a single file that holds all its code, or its own files with a
/// tree of its packages and remote modules, as a build has laid them out.
///
/// @param folder of all functions of the Release
/// @param name the function's
/// @param entry its file in the export; empty for a single file
/// @param registry the npm registry that its packages came from
/// @param jsr likewise the registry of JSR, empty for the public one
record FunctionCode(Path folder, String name, String entry, String registry, String jsr) {
  private static final String WHOLE = ".whole";

  /// Where Deno keeps packages, and modules of other hosts.
  private static final List<String> PARTS = List.of("npm", "remote");

  /// @param about what the list of functions says of this one
  static FunctionCode of(Path folder, JsonNode about) {
    var tree = about.path("tree");
    return new FunctionCode(
        folder,
        about.path("name").asString(""),
        tree.path("entry").asString(""),
        tree.path("registry").asString(""),
        tree.path("jsr").asString(""));
  }

  boolean isTree() {
    return !entry.isEmpty();
  }

  /// The file that is loaded first.
  Path main() {
    return isTree() ? app().resolve(entry) : folder.resolve(name).resolve("index.js");
  }

  /// The function's own folder, from which it reads files by relative paths.
  Path home() {
    return DurableFiles.parent(main());
  }

  private Path app() {
    return folder.resolve(WHOLE).resolve("app");
  }

  /// How Deno finds its modules: nothing is ever fetched.
  List<String> words() {
    if (!isTree()) {
      return List.of("--no-config", "--no-lock", "--no-remote", "--no-npm");
    }
    var ours = app().resolve(".freehold");
    return List.of(
        "--config",
        ours.resolve(name + ".json").toString(),
        "--lock=" + ours.resolve(name + ".lock"),
        "--frozen",
        "--cached-only",
        "--allow-import",
        "--unstable-raw-imports");
  }

  /// For Deno alone, not for the function.
  Map<String, String> variables() {
    var variables = new TreeMap<String, String>();
    if (isTree()) {
      variables.put("DENO_NO_PACKAGE_JSON", "1");
      variables.put("FREEHOLD_TREE", "1");
      if (!registry.isEmpty()) {
        variables.put("NPM_CONFIG_REGISTRY", registry);
      }
      if (!jsr.isEmpty()) {
        variables.put("JSR_URL", jsr);
      }
    }
    return variables;
  }

  /// Lets a process's own folder of Deno's lead to the tree, which it cannot change.
  void lead(Path modules) {
    for (var part : isTree() ? PARTS : List.<String>of()) {
      var there = folder.resolve(WHOLE).resolve("modules").resolve(name).resolve(part);
      var link = modules.resolve(part);
      if (Files.isDirectory(there) && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        try {
          Files.createSymbolicLink(link, there);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
