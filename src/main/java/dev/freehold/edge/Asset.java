package dev.freehold.edge;

import java.nio.file.Path;
import java.util.Map;

/// One file of a site. The bytes at `file` never change while the asset is served.
///
/// @param path where the site has it: starts with `/`, not percent-encoded
/// @param file where the bytes are; anywhere on this machine
/// @param size in bytes
/// @param etag names the bytes, for example a digest, without quotes
/// @param variants the same bytes compressed
/// @param immutable true when the path names the bytes (a hashed file name), so that a browser may
///   keep them for a year
/// @param outlasting true when the file is still given out after its release was replaced, because
///   pages of that release ask for it by a name that no other release has
public record Asset(
    String path,
    Path file,
    long size,
    String etag,
    Map<Encoding, Path> variants,
    boolean immutable,
    boolean outlasting) {
  public Asset {
    variants = Map.copyOf(variants);
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("An asset's path starts with a slash: " + path);
    }
  }

  public static Asset of(String path, Path file, long size, String etag, boolean immutable) {
    return new Asset(path, file, size, etag, Map.of(), immutable, immutable);
  }
}
