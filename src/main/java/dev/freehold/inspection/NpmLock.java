package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Reads package-lock.json, versions 1 to 3 (docs.npmjs.com, "package-lock.json").
final class NpmLock {
  private static final String MODULES = "node_modules/";

  private NpmLock() {}

  static Optional<LockContent> read(String text) {
    return Json.parse(text)
        .map(json -> json.path("packages").isObject() ? flat(json.path("packages")) : nested(json));
  }

  /// Versions 2 and 3: one object, keyed by the folder a package is installed in.
  private static LockContent flat(JsonNode packages) {
    var root = packages.path("");
    var specs = new LinkedHashMap<String, String>();
    for (var kind : List.of("devDependencies", "optionalDependencies", "dependencies")) {
      specs.putAll(PackageJson.strings(root.path(kind)));
    }
    var versions = new TreeMap<String, String>();
    var engines = new TreeMap<String, String>();
    var broken = new ArrayList<String>();
    for (var entry : packages.properties()) {
      var folder = entry.getKey();
      var at = entry.getValue();
      if (folder.isEmpty()) {
        continue;
      }
      var name = folder.substring(folder.lastIndexOf(MODULES) + MODULES.length());
      if (folder.equals(MODULES + name)) {
        versions.put(name, at.path("version").asString(at.path("link").asBoolean() ? "link:" : ""));
      }
      var engine = at.path("engines").path("node").asString("");
      if (!engine.isEmpty() && !at.path("optional").asBoolean()) {
        engines.put(name + "@" + at.path("version").asString(""), engine);
      }
      for (var needed : at.path("dependencies").propertyNames()) {
        if (!comesAlong(at, needed) && !resolves(packages, folder, needed)) {
          broken.add(needed + " (needed by " + name + ")");
        }
      }
    }
    return new LockContent(specs, false, versions, broken, engines, packages.size() - 1);
  }

  /// Whether npm asks for no entry of its own: the package carries it inside, or is itself one for
  /// another platform.
  private static boolean comesAlong(JsonNode at, String needed) {
    boolean carried =
        at.path("bundleDependencies").valueStream().anyMatch(b -> b.asString("").equals(needed));
    return carried || at.path("optional").asBoolean() || at.path("devOptional").asBoolean();
  }

  /// Whether Node would find the package from that folder: in its own node_modules, or in that of a
  /// folder above.
  private static boolean resolves(JsonNode packages, String folder, String needed) {
    for (var from = folder; ; ) {
      if (packages.has((from.isEmpty() ? "" : from + "/") + MODULES + needed)) {
        return true;
      }
      if (from.isEmpty()) {
        return false;
      }
      int above = from.lastIndexOf("/" + MODULES);
      from = above < 0 ? "" : from.substring(0, above);
    }
  }

  /// Version 1: a tree of `dependencies`.
  private static LockContent nested(JsonNode json) {
    Map<String, String> versions = new TreeMap<>();
    json.path("dependencies")
        .properties()
        .forEach(e -> versions.put(e.getKey(), e.getValue().path("version").asString("")));
    return new LockContent(Map.of(), false, versions, List.of(), Map.of(), versions.size());
  }
}
