package dev.freehold.inspection;

import dev.freehold.inspection.BuildOutput.Kind;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Foretells what a build leaves behind.
///
/// For TanStack Start the version of Lovable's Vite wrapper decides, the installed one and not the
/// range: 1.x makes a Cloudflare worker; 2.1 to 2.5 outside Lovable make a fetch handler unless the
/// configuration asks for Nitro; from 2.7 on Nitro always runs and obeys `NITRO_PRESET`. A preset
/// written in the configuration beats the variable.
final class OutputDetector {
  private static final String WRAPPER = "@lovable.dev/vite-tanstack-config";
  private static final Version NITRO_ALWAYS = Version.of(2, 6, 0);
  private static final Version SECOND = Version.of(2, 0, 0);
  private static final Pattern OUT_DIR = Pattern.compile("\\boutDir\\s*:\\s*(['\"])([^'\"]+)\\1");
  private static final Pattern COMPUTED_OUT_DIR = Pattern.compile("\\boutDir\\s*:\\s*[^'\"\\s]");
  private static final Pattern PRESET = Pattern.compile("\\bpreset\\s*:\\s*(['\"])([\\w-]+)\\1");
  private static final Pattern NITRO_ASKED =
      Pattern.compile("\\bnitro\\s*(?:\\(|:\\s*(?:true|\\{))");
  private static final Pattern CLOUDFLARE = Pattern.compile("\\bcloudflare\\s*\\(");

  private OutputDetector() {}

  static BuildOutput detect(Sources sources, PackageJson json, Framework framework) {
    return switch (framework.kind()) {
      case VITE -> vite(sources, json);
      case TANSTACK_START -> tanstack(sources, json, framework);
      case HTML -> plain();
      case ASTRO, SVELTEKIT, NUXT, REMIX, NEXT, EXPO, EXPRESS, UNKNOWN ->
          unsupported(framework.kind().label());
    };
  }

  private static BuildOutput plain() {
    return new BuildOutput(
        Kind.PLAIN, List.of("."), "an index.html and no package.json", Optional.empty(), false);
  }

  private static BuildOutput unsupported(String what) {
    return new BuildOutput(Kind.UNSUPPORTED, List.of(), what, Optional.empty(), false);
  }

  private static BuildOutput vite(Sources sources, PackageJson json) {
    if (json.uses("@base44/sdk")) {
      return unsupported("a Base44 app needs Base44's backend");
    }
    var config = config(sources);
    var written = config.flatMap(c -> c.all(OUT_DIR).stream().findFirst()).map(m -> m.group(2));
    if (written.isPresent() && !written.get().startsWith("..") && !written.get().startsWith("/")) {
      var folder = written.get().replaceFirst("^\\./", "").replaceFirst("/+$", "");
      return new BuildOutput(
          Kind.STATIC,
          List.of(folder, "dist"),
          "outDir in the Vite config",
          Optional.empty(),
          false);
    }
    boolean computed = config.isPresent() && config.get().has(COMPUTED_OUT_DIR);
    return new BuildOutput(
        Kind.STATIC,
        computed ? List.of("dist", "build", "dist/public") : List.of("dist"),
        computed ? "outDir is computed in the Vite config" : "Vite's default",
        Optional.empty(),
        false);
  }

  private static BuildOutput tanstack(Sources sources, PackageJson json, Framework framework) {
    var config = config(sources);
    var preset = config.flatMap(c -> c.all(PRESET).stream().findFirst()).map(m -> m.group(2));
    if (preset.isPresent() && !preset.get().startsWith("node")) {
      return new BuildOutput(
          Kind.NITRO_NODE,
          List.of(".output", "dist"),
          "the Vite config names the Nitro preset " + preset.get(),
          preset,
          true);
    }
    var wrapper = FrameworkDetector.version(framework, WRAPPER);
    boolean nitroAsked = config.isPresent() && config.get().has(NITRO_ASKED);
    if (wrapper.isPresent()) {
      return wrapped(wrapper.get(), nitroAsked, preset);
    }
    if (json.uses("nitro") || nitroAsked) {
      return nitro("nitro in the app's own Vite config", preset);
    }
    if (json.uses("@cloudflare/vite-plugin")
        && config.isPresent()
        && config.get().has(CLOUDFLARE)) {
      return new BuildOutput(
          Kind.WORKER, List.of("dist"), "Cloudflare's Vite plugin", preset, false);
    }
    return new BuildOutput(
        Kind.FETCH_HANDLER, List.of("dist"), "TanStack Start without Nitro", preset, false);
  }

  private static BuildOutput wrapped(Version wrapper, boolean nitroAsked, Optional<String> preset) {
    var why = WRAPPER + " " + wrapper;
    if (wrapper.compareTo(SECOND) < 0) {
      return new BuildOutput(Kind.WORKER, List.of("dist"), why, preset, false);
    }
    if (wrapper.compareTo(NITRO_ALWAYS) < 0 && !nitroAsked) {
      return new BuildOutput(Kind.FETCH_HANDLER, List.of("dist"), why, preset, false);
    }
    return nitro(why, preset);
  }

  private static BuildOutput nitro(String why, Optional<String> preset) {
    return new BuildOutput(Kind.NITRO_NODE, List.of(".output"), why, preset, true);
  }

  private static Optional<CodeText> config(Sources sources) {
    return sources
        .first("vite.config.ts", "vite.config.js", "vite.config.mts", "vite.config.mjs")
        .map(sources::code);
  }
}
