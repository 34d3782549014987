package dev.freehold.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import org.apache.commons.io.input.BoundedInputStream;

/// Bytes of one version, ready to be read.
public sealed interface Stored {
  /// How many bytes there are.
  long size();

  /// All of them. Closing the stream lets go of them.
  default InputStream stream() {
    return switch (this) {
      case OnDisk(var channel, _) -> Channels.newInputStream(channel);
      case Remote(var size, _) when size == 0 -> InputStream.nullInputStream();
      case Remote(var size, var reader) -> reader.read(0, size);
    };
  }

  /// Some of them. Closing the stream lets go of them.
  default InputStream part(long first, long length) {
    return switch (this) {
      case OnDisk(var channel, _) -> {
        try {
          yield BoundedInputStream.builder()
              .setInputStream(Channels.newInputStream(channel.position(first)))
              .setMaxCount(length)
              .get();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      case Remote(_, var reader) -> reader.read(first, length);
    };
  }

  /// Lets go of bytes that nobody will read.
  default void drop() {
    if (this instanceof OnDisk(var channel, _)) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

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
