package dev.freehold.digest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A message digest that every JDK has. SHA-256 where the choice is ours; the others where a wire
/// asks for them.
public enum Digest {
  MD5("MD5"),
  SHA_1("SHA-1"),
  SHA_224("SHA-224"),
  SHA_256("SHA-256"),
  SHA_512("SHA-512");

  private static final int CHUNK_BYTES = 1 << 16;

  private final String algorithm;

  Digest(String algorithm) {
    this.algorithm = algorithm;
  }

  /// One to be fed piece by piece.
  public MessageDigest start() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public byte[] of(byte[] bytes) {
    return start().digest(bytes);
  }

  /// Of the text in UTF-8.
  public byte[] of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Of all that is left of the stream, which stays open.
  public byte[] of(InputStream stream) throws IOException {
    var digest = start();
    var chunk = new byte[CHUNK_BYTES];
    for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
      digest.update(chunk, 0, read);
    }
    return digest.digest();
  }

  /// In lower-case hex.
  public String hex(byte[] bytes) {
    return HexFormat.of().formatHex(of(bytes));
  }

  /// Of the text in UTF-8, in lower-case hex.
  public String hex(String text) {
    return HexFormat.of().formatHex(of(text));
  }

  @Override
  public String toString() {
    return algorithm;
  }
}
