package dev.freehold.backend.supabase.storage;

import dev.freehold.objectstore.Stored;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import org.apache.commons.io.input.BoundedInputStream;

/// Bytes of the store, for those who read them here.
final class Bytes {
  private Bytes() {}

  /// Lets go of bytes that nobody will read.
  static void close(Stored stored) {
    if (stored instanceof Stored.OnDisk(var channel, _)) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Some of them; closing the stream lets go of them.
  static InputStream part(Stored stored, long first, long length) throws IOException {
    return switch (stored) {
      case Stored.OnDisk(var channel, _) ->
          BoundedInputStream.builder()
              .setInputStream(Channels.newInputStream(channel.position(first)))
              .setMaxCount(length)
              .get();
      case Stored.Remote(_, var reader) -> reader.read(first, length);
    };
  }

  /// All of them; closing the stream lets go of them.
  static InputStream stream(Stored stored) {
    return switch (stored) {
      case Stored.OnDisk(var channel, _) -> Channels.newInputStream(channel);
      case Stored.Remote(var size, _) when size == 0 -> InputStream.nullInputStream();
      case Stored.Remote(var size, var reader) -> reader.read(0, size);
    };
  }
}
