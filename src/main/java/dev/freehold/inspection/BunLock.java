package dev.freehold.inspection;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads bun.lock, bun's text format since 1.2: JSON with trailing commas. `workspaces[""]` repeats
/// package.json's ranges, and `packages` maps a name to a list that begins with `name@version`.
final class BunLock {
  private BunLock() {}

  static Optional<LockContent> read(String text) {
    return Json.parse(text)
        .filter(json -> json.path("packages").isObject())
        .map(json -> {
          var root = json.path("workspaces").path("");
          var specs = new LinkedHashMap<String, String>();
          for (var kind : List.of("devDependencies", "optionalDependencies", "dependencies")) {
            specs.putAll(PackageJson.strings(root.path(kind)));
          }
          Map<String, String> versions = new TreeMap<>();
          for (var entry : json.path("packages").properties()) {
            var id = entry.getValue().path(0).asString("");
            versions.put(entry.getKey(), id.substring(id.lastIndexOf('@') + 1));
          }
          return new LockContent(
              specs, true, versions, List.of(), Map.of(), json.path("packages").size());
        });
  }
}
