package dev.freehold.build;

import java.nio.file.Path;

/// One unpacked tool: Node, or a package manager that runs on it.
///
/// @param name `node`, `npm`, `bun`, `pnpm`, `yarn`
/// @param home its folder, read-only
/// @param entry the program in it: a binary, or a script that Node runs
public record Toolchain(String name, String version, Path home, Path entry) {
  /// The program on this machine.
  public Path program() {
    return home.resolve(entry);
  }
}
