package dev.freehold.inspection;

import java.util.List;

/// The app's lock files, held against its package.json, and how to install from them.
///
/// @param locks every lock file found
/// @param installs what to try, in order, until one succeeds
/// @param nodeMajor the Node version to build and run with: 20, 22 or 24
/// @param nodeWhy what asked for it
public record Packages(List<Lock> locks, List<Install> installs, int nodeMajor, String nodeWhy) {

  /// Who installs the packages.
  public enum Manager {
    NPM,
    BUN,
    PNPM,
    YARN
  }

  /// How a lock file stands to package.json.
  public enum Sync {
    /// Every dependency is locked at a version that package.json allows.
    IN_SYNC,
    /// Some are not; a frozen install would refuse.
    OUT_OF_SYNC,
    /// It is a binary file that we do not read.
    BINARY,
    /// It could not be parsed.
    UNREADABLE
  }

  /// One lock file.
  ///
  /// @param path relative to the export
  /// @param manager who wrote it
  /// @param sync how it stands to package.json
  /// @param differences the first [#MAX_DIFFERENCES] of what is missing or differs, in words
  /// @param differing how many differ
  /// @param packages how many packages it names; 0 when it was not read
  /// @param privateEntries how many of them it wants from a Vendor's private registry
  /// @param privatePrefixes those registries' prefixes
  public record Lock(
      String path,
      Manager manager,
      Sync sync,
      List<String> differences,
      int differing,
      int packages,
      int privateEntries,
      List<String> privatePrefixes) {
    /// How many differences are told one by one.
    public static final int MAX_DIFFERENCES = 5;
  }

  /// One way to install.
  ///
  /// @param lockfile the lock it installs from; empty when it resolves anew
  /// @param frozen whether the lock must be obeyed to the letter
  /// @param why the reason it stands here
  public record Install(Manager manager, String lockfile, boolean frozen, String why) {}
}
