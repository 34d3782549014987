package dev.freehold.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/// The files a Vendor handed over, read-only: nothing in Freehold ever writes below [#root].
///
/// @param root a folder that holds the app's files; `package.json` lies at its top when there is
///   one
/// @param name what the app could be called, taken from the folder, zip or repository
/// @param kind how it came
/// @param origin what the owner typed
/// @param digest SHA-256 (hex) over every path, mode and content: two Exports with the same digest
///   hold the same files
/// @param files how many regular files
/// @param bytes their size together
/// @param temporary whether [#root] is a copy of ours that may be deleted after use
public record Export(
    Path root,
    String name,
    Kind kind,
    String origin,
    String digest,
    int files,
    long bytes,
    boolean temporary) {
  /// Folders that are never part of an Export: what a package manager, a build or Git made there.
  private static final Set<String> LEFT_OUT_ANYWHERE = Set.of(".git", "node_modules", "__MACOSX");

  private static final Set<String> LEFT_OUT_AT_THE_TOP = Set.of("dist", ".output");

  /// Whether the file or folder at that path (relative to [#root], with `/`) is no part of an
  /// Export: `.git`, `node_modules` and `__MACOSX` anywhere, `dist` and `.output` at the top.
  public static boolean leavesOut(String path) {
    var parts = path.split("/");
    return LEFT_OUT_AT_THE_TOP.contains(parts[0])
        || Arrays.stream(parts).anyMatch(LEFT_OUT_ANYWHERE::contains);
  }

  /// How an Export came.
  public enum Kind {
    FOLDER,
    ZIP,
    GIT
  }
}
