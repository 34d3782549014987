package dev.freehold.target.thishost;

import dev.freehold.os.Command;
import dev.freehold.os.Jail;
import dev.freehold.os.JailFiles;
import dev.freehold.plan.BuildRecipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// How a built server of each kind is started on Node, in its jail.
///
/// Every folder has the same path inside the jail as outside, so that the same words start it on a
/// machine without bubblewrap. The app sees its own files and the toolchain read-only, and an empty
/// /tmp of its own.
///
/// @param node the toolchain's `node`
/// @param scripts our own modules
/// @param jailFiles the lists that stand for the machine's own
public record NodeLaunch(Path node, NodeScripts scripts, JailFiles jailFiles) {
  /// Node's heap gets this share of the jail's memory; the rest is for buffers, code and threads.
  private static final double HEAP_SHARE = 0.75;

  private static final long MEGABYTE = 1L << 20;
  private static final Path TMP = Path.of("/tmp");
  private static final Path SYSTEM = Path.of("/usr");
  private static final String OPTIONS = "NODE_OPTIONS";

  /// The command that serves an artifact's folder on a loopback port.
  ///
  /// @param root the folder as its Build left it: what was in `.output` or `dist`
  /// @param environment the app's variables and secrets; where it listens and which modules are
  ///   loaded first is not theirs to say
  /// @throws IllegalArgumentException for static files: the edge serves them, no process does
  public Command command(
      BuildRecipe.Kind kind, Path root, int port, Map<String, String> environment, Jail jail) {
    var argv = new ArrayList<>(List.of(node.toString()));
    switch (kind) {
      case NITRO_NODE -> argv.add(root.resolve("server/index.mjs").toString());
      case FETCH_HANDLER -> argv.addAll(words(scripts.fetchHandler(), root));
      case WORKER -> argv.addAll(words(scripts.worker(), root));
      case STATIC -> throw new IllegalArgumentException("static files need no process");
    }
    return Command.of(argv)
        .in(TMP)
        .with(environment)
        .with(ours(port, environment, jail))
        .inside(seeing(root, jail));
  }

  private Map<String, String> ours(int port, Map<String, String> environment, Jail jail) {
    long heap = (long) (jail.limits().memoryBytes() * HEAP_SHARE / MEGABYTE);
    var options = "--import=" + scripts.preload().toUri() + " --max-old-space-size=" + heap;
    var theirs = environment.getOrDefault(OPTIONS, "");
    var listening = Integer.toString(port);
    return Map.of(
        "HOME",
        TMP.toString(),
        "HOST",
        "127.0.0.1",
        "NITRO_HOST",
        "127.0.0.1",
        "PORT",
        listening,
        "NITRO_PORT",
        listening,
        "NODE_ENV",
        "production",
        OPTIONS,
        (options + " " + theirs).strip());
  }

  private Jail seeing(Path root, Jail jail) {
    var more =
        jail.seeing(scripts.folder(), scripts.folder())
            .seeing(root, root)
            .seeing(jailFiles.accounts(), Path.of("/etc/passwd"))
            .seeing(jailFiles.hosts(), Path.of("/etc/hosts"));
    return node.startsWith(SYSTEM) ? more : more.seeing(node, node);
  }

  private static List<String> words(Path script, Path root) {
    return List.of(script.toString(), root.toString());
  }
}
