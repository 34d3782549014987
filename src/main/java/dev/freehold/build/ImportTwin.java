package dev.freehold.build;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The npm package that is the same module as one imported from elsewhere.
///
/// CDNs such as esm.sh serve npm packages: taken from the registry itself they come with an
/// integrity, need no further host, and are one copy of a package instead of several. Modules that
/// have no twin are fetched from where they are.
final class ImportTwin {
  private static final String TYPES_ALONE = "edge-runtime.d.ts";

  /// `https://esm.sh/v135/@scope/name@1.2.3/sub?target=deno`, and its like on other CDNs.
  private static final Pattern CDN =
      Pattern.compile(
          "https://(?:esm\\.sh|cdn\\.esm\\.sh|cdn\\.skypack\\.dev|esm\\.run"
              + "|cdn\\.jsdelivr\\.net/npm)/(?:stable/|v\\d+/)?\\*?"
              + "((?:@[\\w.-]+/)?[\\w.-]+)(?:@([\\w.^~*-]+))?((?:/[\\w.@+/-]+)?)(\\?\\S*)?");

  private static final Pattern NOT_A_PACKAGE = Pattern.compile("(?:gh|jsr|pr|npm|node)");

  /// Files of a CDN's own build have no name in the package.
  private static final Pattern BUILT = Pattern.compile("/(?:es20\\d\\d|deno(?:next)?)/.*|.*\\.mjs");

  private static final Pattern JSR =
      Pattern.compile("jsr:/?(@[\\w-]+/[\\w-]+)((?:@[^/]+)?)((?:/.*)?)");
  private static final Pattern STD_SERVER =
      Pattern.compile("https://deno\\.land/std(?:@[\\w.-]+)?/http/(?:server|mod)\\.ts");

  /// Published by their authors in both places.
  private static final Map<String, String> SAME =
      Map.of(
          "@supabase/supabase-js", "@supabase/supabase-js",
          "@supabase/functions-js", "@supabase/functions-js",
          "@supabase/server", "@supabase/server",
          "@hono/hono", "hono",
          "@panva/jose", "jose",
          "@openai/openai", "openai",
          "@zod/zod", "zod");

  private ImportTwin() {}

  /// @param specifier as the code writes it
  /// @param server the address of our module in the place of the standard library's old server
  /// @param nothing the address of an empty module
  static Optional<String> of(String specifier, String server, String nothing) {
    if (specifier.endsWith(TYPES_ALONE)) {
      return Optional.of(nothing);
    }
    if (STD_SERVER.matcher(specifier).matches()) {
      return Optional.of(server);
    }
    var jsr = JSR.matcher(specifier);
    if (jsr.matches()) {
      return Optional.ofNullable(SAME.get(jsr.group(1)))
          .map(name -> "npm:" + name + jsr.group(2) + jsr.group(3));
    }
    var cdn = CDN.matcher(specifier);
    return cdn.matches() ? ofCdn(cdn) : Optional.empty();
  }

  private static Optional<String> ofCdn(java.util.regex.Matcher cdn) {
    var name = cdn.group(1);
    var sub = cdn.group(3).equals("/+esm") ? "" : cdn.group(3);
    var query = cdn.group(4) == null ? "" : cdn.group(4);
    if (NOT_A_PACKAGE.matcher(name).matches()
        || BUILT.matcher(sub).matches()
        || query.contains("alias=")) {
      return Optional.empty();
    }
    var version = cdn.group(2) == null ? "" : "@" + cdn.group(2);
    return Optional.of("npm:" + name + version + sub);
  }
}
