package dev.freehold.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// All that a Build needs to know. Two equal recipes make the same Artifact.
///
/// @param source the Export's root; it is copied, never written
/// @param sourceDigest the Export's digest
/// @param nodeMajor the Node toolchain to use: 20, 22 or 24
/// @param installs what to try, in order, until one succeeds
/// @param script the package.json script that builds, normally `build`
/// @param fallback the bundler's own command when the script fails for a reason of its own (a type
///   check before it, a copy after it), as an argument list below node_modules/.bin; empty when
///   there is none
/// @param variables the build's environment, for example `VITE_SUPABASE_URL`
/// @param output what the build must leave behind
/// @param substitutions strings that may stand in the output and that each environment replaces by
///   its own at activation
/// @param functions the edge functions to bundle
public record BuildRecipe(
    Path source,
    String sourceDigest,
    int nodeMajor,
    List<Install> installs,
    String script,
    List<String> fallback,
    Map<String, String> variables,
    Output output,
    List<Substitution> substitutions,
    List<Function> functions) {

  /// A recipe of an app without edge functions.
  public BuildRecipe(
      Path source,
      String sourceDigest,
      int nodeMajor,
      List<Install> installs,
      String script,
      List<String> fallback,
      Map<String, String> variables,
      Output output,
      List<Substitution> substitutions) {
    this(
        source,
        sourceDigest,
        nodeMajor,
        installs,
        script,
        fallback,
        variables,
        output,
        substitutions,
        List.of());
  }

  /// An edge function of the export.
  ///
  /// @param name its path below `/functions/v1/`
  /// @param entry its file, relative to the export
  /// @param config the `deno.json`, import map or `package.json` that says what its bare imports
  ///   mean, relative to the export; empty when there is none
  /// @param imports what it and its neighbours import from elsewhere, as written
  /// @param verifyJwt whether the caller's token is checked before it runs
  /// @param statics patterns of the files that it reads while it runs, relative to the export
  public record Function(
      String name,
      String entry,
      String config,
      List<String> imports,
      boolean verifyJwt,
      List<String> statics) {
    public Function {
      imports = List.copyOf(imports);
      statics = List.copyOf(statics);
    }
  }

  /// Who installs the packages.
  public enum PackageManager {
    NPM,
    BUN,
    PNPM,
    YARN
  }

  /// One way to install the packages.
  ///
  /// @param lockfile the lock it installs from, empty when it resolves anew
  /// @param frozen whether the lock must be obeyed to the letter
  /// @param why the reason it stands here, for the log
  public record Install(PackageManager manager, String lockfile, boolean frozen, String why) {}

  /// What the build must leave behind. The first folder of `candidates` that exists and has the
  /// shape is taken: a build is judged by its output, not by its exit code.
  ///
  /// @param kind static files, or a Node server beside static files
  /// @param candidates folders relative to the build's root, in order of preference; for a server
  ///   the folder that holds all it needs (for example `.output`, or `dist`)
  public record Output(Kind kind, List<String> candidates) {}

  /// How the output is served.
  public enum Kind {
    /// A folder with an `index.html`.
    STATIC,
    /// Nitro's `node-server`: `.output/server/index.mjs` listens, `.output/public` is static.
    NITRO_NODE,
    /// A fetch handler without listener: `dist/server/server.js` and `dist/client`.
    FETCH_HANDLER,
    /// A Cloudflare worker: `dist/server` with `wrangler.json`, `dist/client` static.
    WORKER
  }

  /// A string of the output that an environment replaces by its own value.
  ///
  /// @param find the exact text
  /// @param by which of the environment's values takes its place
  public record Substitution(String find, Value by) {}

  /// The environment's values that can stand in an output.
  public enum Value {
    /// The public address of the app, without a slash at the end.
    PUBLIC_URL,
    /// The anon key as a JWT.
    ANON_KEY,
    /// The new-style `sb_publishable_…` key.
    PUBLISHABLE_KEY,
    /// The first label of the public host, where the old project's ref stood alone.
    PROJECT_ID
  }
}
