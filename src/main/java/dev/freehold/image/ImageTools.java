package dev.freehold.image;

import java.nio.file.Path;

/// The programs that make images: Node, and a folder with `node_modules/sharp` in it.
///
/// @param node the program
/// @param modules the folder, read-only
public record ImageTools(Path node, Path modules) {}
