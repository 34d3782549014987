package dev.freehold.build;

import java.nio.file.Path;
import java.util.Map;

/// One file of an activated Artifact that may be served to anybody.
///
/// @param path below the site's root, with `/` and without one at the start
/// @param file where its bytes lie; never changed once it is there
/// @param size in bytes
/// @param digest SHA-256 (hex) of its bytes: a strong entity tag
/// @param variants precompressed files by content coding: `br`, `zstd`, `gzip`
/// @param immutable whether its name says which bytes these are, so that it may be cached for ever
/// @param hashed whether a bundler made its name from its content; an Environment's own values in
///   it do not change the name, so such a file is hashed but not immutable
public record PlacedFile(
    String path,
    Path file,
    long size,
    String digest,
    Map<String, Path> variants,
    boolean immutable,
    boolean hashed) {
  public PlacedFile {
    variants = Map.copyOf(variants);
  }
}
