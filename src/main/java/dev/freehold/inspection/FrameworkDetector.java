package dev.freehold.inspection;

import dev.freehold.inspection.Framework.Kind;
import dev.freehold.inspection.Framework.Tool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells the framework by the packages an app depends on, the more specific first, and which
/// command builds it.
final class FrameworkDetector {
  private static final Map<String, Kind> BY_PACKAGE = new LinkedHashMap<>();

  static {
    BY_PACKAGE.put("expo", Kind.EXPO);
    BY_PACKAGE.put("next", Kind.NEXT);
    BY_PACKAGE.put("@tanstack/react-start", Kind.TANSTACK_START);
    BY_PACKAGE.put("@tanstack/solid-start", Kind.TANSTACK_START);
    BY_PACKAGE.put("@sveltejs/kit", Kind.SVELTEKIT);
    BY_PACKAGE.put("nuxt", Kind.NUXT);
    BY_PACKAGE.put("astro", Kind.ASTRO);
    BY_PACKAGE.put("@remix-run/dev", Kind.REMIX);
    BY_PACKAGE.put("@react-router/dev", Kind.REMIX);
    BY_PACKAGE.put("express", Kind.EXPRESS);
    BY_PACKAGE.put("vite", Kind.VITE);
  }

  private static final List<String> TOLD =
      List.of(
          "vite",
          "@tanstack/react-start",
          "@lovable.dev/vite-tanstack-config",
          "nitro",
          "next",
          "expo",
          "@sveltejs/kit",
          "nuxt",
          "astro",
          "@remix-run/dev",
          "@react-router/dev",
          "express",
          "react",
          "vue",
          "svelte",
          "@supabase/supabase-js",
          "@base44/sdk",
          "typescript");

  /// A script that is nothing but the bundler, with or without flags.
  private static final Pattern BARE_VITE =
      Pattern.compile("(?:npx\\s++)?vite build(?:\\s++--?+\\S++(?: \\w++)?){0,50}+");

  private FrameworkDetector() {}

  static Framework detect(Sources sources, PackageJson json, List<LockDetector.Read> locks) {
    var tools =
        TOLD.stream()
            .filter(json::uses)
            .map(name -> new Tool(name, json.range(name), LockDetector.locked(locks, name)))
            .toList();
    var kind = kind(sources, json);
    var script = json.scripts().containsKey("build") ? "build" : "";
    var command = json.scripts().getOrDefault("build", "");
    return new Framework(kind, tools, script, command, fallback(json, command));
  }

  private static Kind kind(Sources sources, PackageJson json) {
    for (var entry : BY_PACKAGE.entrySet()) {
      if (json.uses(entry.getKey())) {
        boolean onlyADevelopmentServer =
            entry.getValue() == Kind.EXPRESS && json.uses("vite") && !startsServer(json);
        if (!onlyADevelopmentServer) {
          return entry.getValue();
        }
      }
    }
    return sources.has("index.html") ? Kind.HTML : Kind.UNKNOWN;
  }

  private static boolean startsServer(PackageJson json) {
    var start = json.scripts().getOrDefault("start", "");
    return start.contains("node ") || start.contains("tsx ");
  }

  private static List<String> fallback(PackageJson json, String command) {
    boolean vite = json.uses("vite") || json.uses("@lovable.dev/vite-tanstack-config");
    return vite && !BARE_VITE.matcher(command.strip()).matches()
        ? List.of("vite", "build")
        : List.of();
  }

  /// The version of a tool that the framework detector knows, locked or the lowest wanted.
  static Optional<Version> version(Framework framework, String name) {
    return framework.tools().stream()
        .filter(t -> t.name().equals(name))
        .findFirst()
        .flatMap(t ->
            Version.parse(t.locked())
                .or(() -> VersionRange.parse(t.wanted()).map(VersionRange::lowest)));
  }
}
