package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import dev.freehold.os.Outcome;
import dev.freehold.plan.BuildRecipe.Install;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Installs an app's packages: each way in its turn until one succeeds. Packages' own scripts are
/// not run.
final class PackageInstall {
  private static final String PEER_CONFLICT = "ERESOLVE";
  private static final Pattern COMPLAINT =
      Pattern.compile("(npm error|error:|error |ERR_| ?ERROR|.?ERR_PNPM).*\\S.*");
  private static final int COMPLAINT_LINES = 8;

  private final Workplace workplace;
  private final BuildContext context;
  private final InstalledPackages installed;

  PackageInstall(Workplace workplace, BuildContext context, InstalledPackages installed) {
    this.workplace = workplace;
    this.context = context;
    this.installed = installed;
  }

  /// @param toolVersions what would install, so that another version installs anew
  /// @return under which key to keep the packages afterwards; empty when they cannot be kept
  String run(List<Install> ways, String toolVersions) {
    var key = key(toolVersions);
    if (!key.isEmpty() && installed.reuse(key)) {
      context.say("packages: unchanged since the last build, installed ones reused");
      return key;
    }
    var lastWords = "";
    for (var way : ways) {
      var name = name(way);
      context.say("packages: " + name + " (" + way.why() + ")");
      long start = System.nanoTime();
      var outcome = attempt(way);
      if (outcome.ok()) {
        context.say("packages: " + name + " done in " + seconds(start));
        return key;
      }
      lastWords = complaint(outcome);
      context.say("packages: " + name + " failed" + (outcome.timedOut() ? ": time is over" : ""));
      DurableFiles.deleteTree(workplace.app().resolve("node_modules"));
    }
    throw BuildProblems.installFailed(lastWords);
  }

  /// The first lines that complain: what follows them is often the command's whole manual.
  private static String complaint(Outcome outcome) {
    var lines =
        outcome
            .out()
            .lines()
            .filter(line -> COMPLAINT.matcher(line).lookingAt())
            .limit(COMPLAINT_LINES)
            .toList();
    return lines.isEmpty() ? outcome.lastWords() : String.join("\n", lines);
  }

  private Outcome attempt(Install way) {
    var limit = context.limits().install();
    var outcome = workplace.run(words(way), limit);
    if (!outcome.ok() && outcome.out().contains(PEER_CONFLICT)) {
      context.say("packages: peer versions conflict; once more without resolving peers");
      var words = new ArrayList<>(words(way));
      words.add("--legacy-peer-deps");
      outcome = workplace.run(words, limit);
    }
    return outcome;
  }

  private List<String> words(Install way) {
    var node = workplace.program("node");
    return switch (way.manager()) {
      case NPM ->
          List.of(
              node,
              workplace.program("npm"),
              way.frozen() ? "ci" : "install",
              "--ignore-scripts",
              "--include=dev",
              "--no-audit",
              "--no-fund");
      case BUN ->
          frozen(
              way,
              List.of(
                  workplace.program("bun"),
                  "install",
                  "--ignore-scripts",
                  "--no-progress",
                  "--linker=hoisted"));
      case PNPM ->
          // Flat, so that a server's packages can be found and copied one by one.
          frozen(
              way,
              List.of(
                  node,
                  workplace.program("pnpm"),
                  "install",
                  "--ignore-scripts",
                  "--store-dir=" + workplace.inCache("pnpm"),
                  "--config.node-linker=hoisted",
                  "--config.manage-package-manager-versions=false"));
      case YARN ->
          frozen(
              way,
              List.of(
                  node,
                  workplace.program("yarn"),
                  "install",
                  "--ignore-scripts",
                  "--non-interactive",
                  "--production=false"));
    };
  }

  private static List<String> frozen(Install way, List<String> words) {
    var obedient = way.frozen() ? "--frozen-lockfile" : "--no-frozen-lockfile";
    boolean plain =
        !way.frozen() && way.manager() != dev.freehold.plan.BuildRecipe.PackageManager.PNPM;
    return plain ? words : Stream.concat(words.stream(), Stream.of(obedient)).toList();
  }

  private static String name(Install way) {
    return way.manager().name().toLowerCase(java.util.Locale.ROOT)
        + (way.frozen() ? " from " + way.lockfile() : ", resolving anew");
  }

  /// What decides which packages are installed. A workspace has several `node_modules`, which are
  /// not kept.
  private String key(String toolVersions) {
    var app = workplace.app();
    var manifest = text(app.resolve("package.json"));
    if (manifest.contains("\"workspaces\"") || Files.exists(app.resolve("pnpm-workspace.yaml"))) {
      return "";
    }
    var all = new StringBuilder(toolVersions).append('\0').append(manifest);
    for (var name : LockRewrite.LOCK_FILES) {
      all.append('\0').append(text(app.resolve(name)));
    }
    for (var name : List.of("bun.lockb", ".npmrc", "bunfig.toml")) {
      all.append('\0').append(text(app.resolve(name)));
    }
    return Digests.of(all.toString());
  }

  private static String text(Path file) {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
          : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String seconds(long startNanos) {
    return "%.1f s".formatted((System.nanoTime() - startNanos) / 1e9);
  }
}
