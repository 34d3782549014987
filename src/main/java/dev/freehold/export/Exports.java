package dev.freehold.export;

import dev.freehold.problem.Problem;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Reads what a Vendor handed over: a folder, a zip, or a Git repository.
///
/// An Export is hostile input. What cannot be read safely is refused with a Problem that names the
/// entry; nothing is repaired, skipped or guessed.
public final class Exports {
  private static final Pattern GIT_URL =
      Pattern.compile("(?i)(https|ssh|file)://.+|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^:].*");

  private Exports() {}

  /// Reads the export.
  ///
  /// @param what a folder, a zip file, or a Git address, which may end in `#branch` or `@commit`
  /// @param workspace a folder of ours where a zip is unpacked and a repository cloned; a folder is
  ///   read where it is and never copied or changed
  public static Export read(String what, Path workspace) {
    if (isGitAddress(what)) {
      return GitExport.read(GitAddress.parse(what), workspace);
    }
    var path = path(what);
    if (Files.isDirectory(path)) {
      return isBareRepository(path)
          ? GitExport.read(GitAddress.parse(path.toUri().toString()), workspace)
          : FolderExport.read(path, what);
    }
    if (Files.isRegularFile(path)) {
      return ZipExport.read(path, what, workspace);
    }
    return gitPath(what, workspace);
  }

  /// Whether it is the address of a Git repository, and no path of this machine.
  public static boolean isGitAddress(String what) {
    return GIT_URL.matcher(what).matches();
  }

  /// What to say when there is nothing at a path.
  public static Problem notFound(String what) {
    return Problem.of("export-not-found", "There is no folder or file " + what)
        .hint("give a folder, a .zip file, or a Git address beginning with https:// or ssh://");
  }

  /// A path with a branch or commit behind it, for example `../shop#main`.
  private static Export gitPath(String what, Path workspace) {
    var address = GitAddress.parse(what);
    if (!address.at().isEmpty() && Files.isDirectory(path(address.url()))) {
      return GitExport.read(address.local(), workspace);
    }
    throw notFound(what).raise();
  }

  private static boolean isBareRepository(Path folder) {
    return Files.isRegularFile(folder.resolve("HEAD"))
        && Files.isDirectory(folder.resolve("objects"))
        && Files.isDirectory(folder.resolve("refs"));
  }

  private static Path path(String what) {
    try {
      return Path.of(what).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw Problem.of("export-not-found", "This is not a path: " + e.getReason()).raise(e);
    }
  }
}
