package dev.freehold.inspection;

import dev.freehold.project.FunctionStatics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What `supabase/config.toml` says of one function, in sections `[functions.NAME]`.
///
/// @param verifyJwt whether the caller's token is checked; on without a line
/// @param enabled whether it is deployed at all; on without a line
/// @param entrypoint its file, relative to the export; empty when not given
/// @param importMap its import map or `deno.json`, relative to the export; empty when not given
/// @param statics patterns of files it reads while it runs, relative to the export
record FunctionSettings(
    boolean verifyJwt, boolean enabled, String entrypoint, String importMap, List<String> statics) {
  static final FunctionSettings USUAL = new FunctionSettings(true, true, "", "", List.of());

  private static final Pattern SECTION =
      Pattern.compile("\\s*\\[\\s*functions\\s*\\.\\s*[\"']?([\\w-]+)[\"']?\\s*\\]\\s*(?:#.*)?");
  private static final Pattern SETTING =
      Pattern.compile(
          "\\s*(verify_jwt|enabled|entrypoint|import_map)\\s*=\\s*"
              + "(?:(true|false)|\"([^\"]*)\"|'([^']*)')\\s*(?:#.*)?");

  /// By the function's name.
  static Map<String, FunctionSettings> read(String toml) {
    var all = new TreeMap<String, FunctionSettings>();
    var current = "";
    for (var line : toml.lines().toList()) {
      var section = SECTION.matcher(line);
      var setting = SETTING.matcher(line);
      if (section.matches()) {
        current = section.group(1);
        all.putIfAbsent(current, USUAL);
      } else if (line.strip().startsWith("[")) {
        current = "";
      } else if (setting.matches() && !current.isEmpty()) {
        var text = setting.group(3) == null ? setting.group(4) : setting.group(3);
        all.merge(current, USUAL, (known, usual) -> known.with(setting.group(1), text, setting));
      }
    }
    FunctionStatics.read(toml)
        .forEach((name, statics) ->
            all.merge(name, USUAL.with(statics), (known, usual) -> known.with(statics)));
    return all;
  }

  private FunctionSettings with(List<String> found) {
    return new FunctionSettings(
        verifyJwt,
        enabled,
        entrypoint,
        importMap,
        found.stream().map(FunctionSettings::inRoot).filter(path -> !path.isEmpty()).toList());
  }

  private FunctionSettings with(
      String name, @org.jspecify.annotations.Nullable String text, java.util.regex.Matcher found) {
    boolean on = "true".equals(found.group(2));
    return switch (name) {
      case "verify_jwt" -> new FunctionSettings(on, enabled, entrypoint, importMap, statics);
      case "enabled" -> new FunctionSettings(verifyJwt, on, entrypoint, importMap, statics);
      case "entrypoint" ->
          new FunctionSettings(verifyJwt, enabled, inExport(text), importMap, statics);
      default -> new FunctionSettings(verifyJwt, enabled, entrypoint, inExport(text), statics);
    };
  }

  /// Paths in config.toml count from its own folder.
  private static String inExport(@org.jspecify.annotations.Nullable String path) {
    if (path == null) {
      return "";
    }
    var plain = java.nio.file.Path.of("supabase").resolve(path).normalize().toString();
    return plain.startsWith("supabase") ? plain.replace('\\', '/') : "";
  }

  /// As above, but anywhere below the export's root. Patterns stay as they are.
  private static String inRoot(String path) {
    var plain = java.nio.file.Path.of("supabase").resolve(path).normalize().toString();
    return plain.startsWith("..") || plain.startsWith("/") ? "" : plain.replace('\\', '/');
  }
}
