package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Reads pnpm-lock.yaml, lockfile versions 5 to 9. Only the block of the root package is looked at:
/// `importers` → `.`, or the top level in older files without workspaces.
///
/// pnpm writes a small and regular part of YAML (two spaces a level, a scalar behind each key), so
/// a reader of indented lines is enough; anything else in the file counts as unreadable.
final class PnpmLock {
  private static final Set<String> KINDS =
      Set.of("dependencies", "devDependencies", "optionalDependencies");

  private PnpmLock() {}

  static Optional<LockContent> read(String text) {
    if (!text.contains("lockfileVersion:")) {
      return Optional.empty();
    }
    var specs = new LinkedHashMap<String, String>();
    var versions = new TreeMap<String, String>();
    int packages = 0;
    var above = new ArrayList<String>();
    for (var line : text.lines().toList()) {
      var body = line.strip();
      int colon = keyEnd(body);
      if (body.isEmpty() || body.startsWith("#") || colon < 0) {
        continue;
      }
      int level = (line.length() - line.stripLeading().length()) / 2;
      while (above.size() > level) {
        above.removeLast();
      }
      while (above.size() < level) {
        above.add("");
      }
      var key = unquoted(body.substring(0, colon));
      note(above, key, unquoted(body.substring(colon + 1).strip()), specs, versions);
      if (level == 1 && above.getFirst().equals("packages")) {
        packages++;
      }
      above.add(key);
    }
    return Optional.of(new LockContent(specs, true, versions, List.of(), Map.of(), packages));
  }

  private static void note(
      List<String> above,
      String key,
      String value,
      Map<String, String> specs,
      Map<String, String> versions) {
    var path =
        above.size() >= 2 && above.get(0).equals("importers") && above.get(1).equals(".")
            ? above.subList(2, above.size())
            : above;
    if (path.size() == 1 && path.getFirst().equals("specifiers")) {
      specs.put(key, value); // lockfile version 5
    } else if (path.size() == 1 && KINDS.contains(path.getFirst()) && !value.isEmpty()) {
      versions.put(key, plain(value)); // lockfile version 5
    } else if (path.size() == 2 && KINDS.contains(path.getFirst())) {
      if (key.equals("specifier")) {
        specs.put(path.get(1), value);
      } else if (key.equals("version")) {
        versions.put(path.get(1), plain(value));
      }
    }
  }

  /// The version without the peers it was resolved with: `1.2.3(react@18.0.0)`, `1.2.3_react@18`.
  private static String plain(String version) {
    return version.replaceAll("[(_].*", "");
  }

  private static int keyEnd(String body) {
    if (body.startsWith("'") || body.startsWith("\"")) {
      int quote = body.indexOf(body.charAt(0), 1);
      return quote < 0 ? -1 : body.indexOf(':', quote);
    }
    int end = body.indexOf(": ");
    return end >= 0 ? end : body.endsWith(":") ? body.length() - 1 : -1;
  }

  private static String unquoted(String text) {
    boolean quoted =
        text.length() > 1
            && (text.charAt(0) == '\'' || text.charAt(0) == '"')
            && text.charAt(text.length() - 1) == text.charAt(0);
    return quoted ? text.substring(1, text.length() - 1) : text;
  }
}
