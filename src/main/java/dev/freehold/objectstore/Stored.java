package dev.freehold.objectstore;

import java.io.InputStream;
import java.nio.channels.FileChannel;

/// Bytes of one version, ready to be read.
public sealed interface Stored {
  /// How many bytes there are.
  long size();

  /// On this machine. Whoever takes it closes the channel; it stays readable even if the version is
  /// removed meanwhile.
  record OnDisk(FileChannel channel, long size) implements Stored {}

  /// Elsewhere, asked for piece by piece.
  record Remote(long size, Reader reader) implements Stored {}

  /// Fetches a part of what lies elsewhere.
  @FunctionalInterface
  interface Reader {
    /// @param first index of the first byte
    /// @param length how many bytes, at least one
    InputStream read(long first, long length);
  }
}
