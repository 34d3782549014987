package dev.freehold.os;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Files that come in our own jar.
public final class OurFiles {
  private OurFiles() {}

  /// @param owner a class in whose package the file lies
  /// @throws IllegalStateException when it is not there: this build is broken
  public static byte[] read(Class<?> owner, String name) {
    try (var stream = owner.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is not in our own jar");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
