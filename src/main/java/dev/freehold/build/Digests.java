package dev.freehold.build;

import dev.freehold.digest.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/// SHA-256 in lower-case hex: the name of a blob, of an Artifact and of a recipe.
final class Digests {
  private Digests() {}

  static String of(byte[] bytes) {
    return Digest.SHA_256.hex(bytes);
  }

  static String of(String text) {
    return Digest.SHA_256.hex(text);
  }

  static String ofFile(Path file) {
    try (var in = Files.newInputStream(file)) {
      return HexFormat.of().formatHex(Digest.SHA_256.of(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether the text can be such a digest, and so a file name of ours.
  static boolean isDigest(String text) {
    return text.matches("[0-9a-f]{64}");
  }
}
