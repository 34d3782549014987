package dev.freehold.inspection;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Finds edge functions: each folder of `supabase/functions` with an `index` file, but for those
/// that begin with an underscore, and each that config.toml gives an entrypoint. What a function
/// imports from beside it is read as part of it.
final class FunctionDetector {
  private static final Pattern ENTRY =
      Pattern.compile("supabase/functions/([^_./][^/]*)/index\\.(?:ts|tsx|js|mjs)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");
  private static final String FOLDER = "supabase/functions/";
  private static final Pattern IMPORT =
      Pattern.compile("(?:\\bfrom|\\bimport)\\s*\\(?\\s*['\"]([^'\"\\s]+)['\"]");
  private static final Pattern SECRET =
      Pattern.compile("\\bDeno\\.env\\.get\\(\\s*['\"`](\\w+)['\"`]");
  private static final int MAX_FILES = 200;

  private FunctionDetector() {}

  static List<EdgeFunction> detect(Sources sources) {
    var settings = FunctionSettings.read(sources.text("supabase/config.toml").orElse(""));
    var entries = new TreeMap<String, String>();
    for (var path : sources.paths(p -> ENTRY.matcher(p).matches())) {
      var m = ENTRY.matcher(path);
      if (m.matches() && NAME.matcher(m.group(1)).matches()) {
        entries.putIfAbsent(m.group(1), path);
      }
    }
    settings.forEach((name, set) -> {
      if (sources.has(set.entrypoint())) {
        entries.put(name, set.entrypoint());
      }
    });
    return entries.entrySet().stream()
        .filter(found -> settings.getOrDefault(found.getKey(), FunctionSettings.USUAL).enabled())
        .map(found ->
            read(
                sources,
                found.getValue(),
                found.getKey(),
                settings.getOrDefault(found.getKey(), FunctionSettings.USUAL)))
        .toList();
  }

  private static EdgeFunction read(
      Sources sources, String entry, String name, FunctionSettings settings) {
    var imports = new TreeSet<String>();
    var secrets = new TreeSet<String>();
    var seen = new HashSet<String>();
    var open = new ArrayDeque<String>(List.of(entry));
    while (!open.isEmpty() && seen.size() < MAX_FILES) {
      var path = open.poll();
      if (!seen.add(path)) {
        continue;
      }
      var code = sources.code(path);
      code.all(SECRET).forEach(m -> secrets.add(m.group(1)));
      for (var m : code.all(IMPORT)) {
        if (m.group(1).startsWith(".")) {
          neighbour(sources, path, m.group(1)).ifPresent(open::add);
        } else {
          imports.add(m.group(1));
        }
      }
    }
    return new EdgeFunction(
        name,
        entry,
        config(sources, entry, settings),
        List.copyOf(imports),
        List.copyOf(secrets),
        settings.verifyJwt(),
        settings.statics());
  }

  /// As the Supabase CLI looks for it: what config.toml names, then the function's own folder, then
  /// the folder of all functions.
  private static String config(Sources sources, String entry, FunctionSettings settings) {
    if (sources.has(settings.importMap())) {
      return settings.importMap();
    }
    var own = entry.substring(0, entry.lastIndexOf('/') + 1);
    return sources
        .first(
            own + "deno.json",
            own + "deno.jsonc",
            own + "import_map.json",
            own + "package.json",
            FOLDER + "deno.json",
            FOLDER + "deno.jsonc",
            FOLDER + "import_map.json")
        .orElse("");
  }

  private static java.util.Optional<String> neighbour(Sources sources, String from, String to) {
    var target =
        java.nio.file.Path.of(from).resolveSibling(to).normalize().toString().replace('\\', '/');
    return sources.first(target, target + ".ts", target + "/index.ts");
  }
}
