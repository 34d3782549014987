package dev.freehold.edge;

import java.nio.file.Path;

/// One form of an asset as it goes out: the plain bytes, or a compressed variant with an entity tag
/// of its own (RFC 9110 §8.8.3.3).
///
/// @param contentEncoding empty for the plain bytes
/// @param etag with its quotes
/// @param key names the bytes in the cache, across releases
record Rendition(Path file, String contentEncoding, String etag, String key) {

  static Rendition plain(Asset asset) {
    return new Rendition(asset.file(), "", '"' + asset.etag() + '"', key(asset.file(), asset));
  }

  static Rendition compressed(Asset asset, Encoding encoding, Path file) {
    return new Rendition(
        file,
        encoding.token(),
        '"' + asset.etag() + '-' + encoding.token() + '"',
        key(file, asset));
  }

  private static String key(Path file, Asset asset) {
    return file + "\n" + asset.etag();
  }
}
