package dev.freehold.inspection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Finds edge functions: each folder of `supabase/functions` with an `index` file, but for those
/// that begin with an underscore. What a function imports from beside it is read as part of it.
final class FunctionDetector {
  private static final Pattern ENTRY =
      Pattern.compile("supabase/functions/([^_./][^/]*)/index\\.(?:ts|tsx|js|mjs)");
  private static final Pattern IMPORT =
      Pattern.compile("(?:\\bfrom|\\bimport)\\s*\\(?\\s*['\"]([^'\"\\s]+)['\"]");
  private static final Pattern SECRET =
      Pattern.compile("\\bDeno\\.env\\.get\\(\\s*['\"`](\\w+)['\"`]");
  private static final Pattern SECTION =
      Pattern.compile("\\s*\\[functions\\.\"?([\\w-]+)\"?\\]\\s*");
  private static final Pattern VERIFY = Pattern.compile("\\s*verify_jwt\\s*=\\s*(true|false).*");
  private static final int MAX_FILES = 200;

  private FunctionDetector() {}

  static List<EdgeFunction> detect(Sources sources) {
    var verify = verifyJwt(sources);
    var functions = new ArrayList<EdgeFunction>();
    for (var path : sources.paths(p -> ENTRY.matcher(p).matches())) {
      var m = ENTRY.matcher(path);
      if (m.matches()) {
        functions.add(read(sources, path, m.group(1), verify.getOrDefault(m.group(1), true)));
      }
    }
    return List.copyOf(functions);
  }

  private static EdgeFunction read(Sources sources, String entry, String name, boolean verifies) {
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
    return new EdgeFunction(name, entry, List.copyOf(imports), List.copyOf(secrets), verifies);
  }

  private static java.util.Optional<String> neighbour(Sources sources, String from, String to) {
    var target =
        java.nio.file.Path.of(from).resolveSibling(to).normalize().toString().replace('\\', '/');
    return sources.first(target, target + ".ts", target + "/index.ts");
  }

  /// `verify_jwt` of each function that config.toml names; without a line it is on.
  private static Map<String, Boolean> verifyJwt(Sources sources) {
    var verify = new HashMap<String, Boolean>();
    var current = "";
    for (var line : sources.text("supabase/config.toml").orElse("").lines().toList()) {
      var section = SECTION.matcher(line);
      var setting = VERIFY.matcher(line);
      if (section.matches()) {
        current = section.group(1);
      } else if (line.strip().startsWith("[")) {
        current = "";
      } else if (setting.matches() && !current.isEmpty()) {
        verify.put(current, setting.group(1).equals("true"));
      }
    }
    return verify;
  }
}
