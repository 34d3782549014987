package dev.freehold.inspection;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What package.json says, as far as we need it.
///
/// @param present whether there is one that could be parsed
/// @param name its `name`
/// @param scripts its scripts
/// @param required `dependencies`
/// @param development `devDependencies`
/// @param optional `optionalDependencies`
/// @param peers `peerDependencies`
/// @param engine what `engines.node` asks for; empty when nothing
/// @param manager what `packageManager` names; empty when nothing
/// @param workspaces whether it is the root of several packages
record PackageJson(
    boolean present,
    String name,
    Map<String, String> scripts,
    Map<String, String> required,
    Map<String, String> development,
    Map<String, String> optional,
    Map<String, String> peers,
    String engine,
    String manager,
    boolean workspaces) {
  private static final PackageJson ABSENT =
      new PackageJson(false, "", Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), "", "", false);

  static PackageJson of(Sources sources) {
    return sources.text("package.json").flatMap(Json::parse).map(PackageJson::read).orElse(ABSENT);
  }

  private static PackageJson read(JsonNode json) {
    return new PackageJson(
        true,
        json.path("name").asString(""),
        strings(json.path("scripts")),
        strings(json.path("dependencies")),
        strings(json.path("devDependencies")),
        strings(json.path("optionalDependencies")),
        strings(json.path("peerDependencies")),
        json.path("engines").path("node").asString(""),
        json.path("packageManager").asString(""),
        json.has("workspaces"));
  }

  /// Everything an install must bring.
  Map<String, String> wanted() {
    var all = new LinkedHashMap<String, String>(development);
    all.putAll(optional);
    all.putAll(required);
    return all;
  }

  /// The range asked for, or nothing.
  String range(String packageName) {
    return wanted().getOrDefault(packageName, "");
  }

  boolean uses(String packageName) {
    return wanted().containsKey(packageName);
  }

  static Map<String, String> strings(JsonNode object) {
    var map = new LinkedHashMap<String, String>();
    object.properties().forEach(e -> map.put(e.getKey(), e.getValue().asString("")));
    return Collections.unmodifiableMap(map);
  }
}
