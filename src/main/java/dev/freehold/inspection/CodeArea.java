package dev.freehold.inspection;

import java.util.regex.Pattern;

/// What a file is for, told by its path.
final class CodeArea {
  /// Where Supabase keeps edge functions.
  static final String FUNCTIONS = "supabase/functions/";

  private static final Pattern CODE =
      Pattern.compile(".+\\.(?:[cm]?[jt]sx?|vue|svelte|astro|html)", Pattern.CASE_INSENSITIVE);
  private static final Pattern TEST =
      Pattern.compile(
          "(?:.*/)?(?:tests?|e2e|__tests__|__mocks__|cypress|playwright)/.*"
              + "|.+\\.(?:test|spec|stories)\\.[^/]+");
  private static final Pattern TOOLS =
      Pattern.compile(
          "(?:docs|scripts|tools|supabase|functions|base44|netlify|\\.[^/]+)/.*"
              + "|[^/]*\\.config\\.[^/]+|[^/]+\\.cjs|.+\\.d\\.ts");
  private static final Pattern CONFIG =
      Pattern.compile(
          "(?:vite|next|nuxt|svelte|astro|nitro|app|react-router)\\.config\\.[cm]?[jt]s");
  private static final Pattern SERVER =
      Pattern.compile(
          ".+\\.server\\.[cm]?[jt]sx?|src/(?:server|start)\\.[jt]sx?"
              + "|(?:src/)?(?:server|api)/.*|src/routes/api/.*|src/routes/.*\\[\\.].*");

  private CodeArea() {}

  static boolean isCode(String path) {
    return CODE.matcher(path).matches();
  }

  static boolean isTest(String path) {
    return TEST.matcher(path).matches();
  }

  /// Whether the bundler may take the file into the output.
  static boolean isShipped(String path) {
    return isCode(path) && !isTest(path) && !TOOLS.matcher(path).matches();
  }

  /// Whether the file configures the build and runs during it.
  static boolean isBuildConfig(String path) {
    return CONFIG.matcher(path).matches();
  }

  /// Whether the file is an edge function or shared by them.
  static boolean isFunction(String path) {
    return path.startsWith(FUNCTIONS) && isCode(path) && !isTest(path);
  }

  /// Whether the file by its name belongs to the app's own server and never to the browser.
  static boolean isServer(String path) {
    return SERVER.matcher(path).matches();
  }
}
