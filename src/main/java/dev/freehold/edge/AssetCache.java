package dev.freehold.edge;

import dev.freehold.http.Exchange;
import dev.freehold.http.FileCache;
import io.vertx.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The files of sites as they are sent: small ones from memory, large ones open.
///
/// Files are only ever opened on a virtual thread: the event loop never waits for a disk.
final class AssetCache {
  /// What a file turned out to be.
  sealed interface Loaded {
    record Small(ByteBuffer bytes) implements Loaded {}

    /// The receiver closes the channel.
    record Large(FileChannel channel, long size) implements Loaded {}

    record Failed() implements Loaded {}
  }

  private final FileCache cache;

  AssetCache(FileCache cache) {
    this.cache = cache;
  }

  @Nullable ByteBuffer inMemory(Rendition rendition) {
    return cache.find(rendition.key());
  }

  /// Opens the file away from the event loop and comes back to it.
  void load(Rendition rendition, Context context, Consumer<Loaded> then) {
    Thread.ofVirtual()
        .name("asset")
        .start(() -> {
          var loaded = open(rendition);
          context.runOnContext(v -> then.accept(loaded));
        });
  }

  private Loaded open(Rendition rendition) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(rendition.file(), StandardOpenOption.READ);
      long size = channel.size();
      if (size > FileCache.MAX_FILE_BYTES) {
        return new Loaded.Large(channel, size);
      }
      var bytes = cache.keep(rendition.key(), channel, (int) size);
      channel.close();
      return new Loaded.Small(bytes);
    } catch (IOException unreadable) {
      Exchange.close(channel);
      return new Loaded.Failed();
    }
  }
}
