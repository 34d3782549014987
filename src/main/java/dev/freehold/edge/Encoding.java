package dev.freehold.edge;

/// A form a file was compressed to when it was built, best first: among equals the client gets the
/// earliest.
public enum Encoding {
  BR("br"),
  ZSTD("zstd"),
  GZIP("gzip");

  private final String token;

  Encoding(String token) {
    this.token = token;
  }

  /// The name in `Accept-Encoding` and `Content-Encoding`.
  public String token() {
    return token;
  }
}
