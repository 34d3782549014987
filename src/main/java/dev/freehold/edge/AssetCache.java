package dev.freehold.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The bytes of small files, in memory outside the Java heap, bounded by their sum. What is dropped
/// is freed by the garbage collector once no answer uses it any more, so nobody counts references.
///
/// Files are only ever opened on a virtual thread: the event loop never waits for a disk.
final class AssetCache {
  /// Files up to here are answered from memory; above, `sendfile` is cheaper.
  static final int MAX_CACHED_FILE_BYTES = 256 * 1024;

  /// What an entry costs beside its bytes.
  private static final int ENTRY_OVERHEAD_BYTES = 512;

  /// What a file turned out to be.
  sealed interface Loaded {
    record Small(Buffer bytes) implements Loaded {}

    /// The receiver closes the channel.
    record Large(FileChannel channel, long size) implements Loaded {}

    record Failed() implements Loaded {}
  }

  private final Cache<String, Buffer> cache;

  AssetCache(long maxBytes) {
    cache =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((String key, Buffer bytes) -> bytes.length() + ENTRY_OVERHEAD_BYTES)
            .executor(Runnable::run)
            .build();
  }

  @Nullable Buffer inMemory(Rendition rendition) {
    return cache.getIfPresent(rendition.key());
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
      if (size > MAX_CACHED_FILE_BYTES) {
        return new Loaded.Large(channel, size);
      }
      var bytes = ByteBuffer.allocateDirect((int) size);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
      channel.close();
      Buffer buffer =
          BufferInternal.buffer(Unpooled.wrappedBuffer(bytes.flip().asReadOnlyBuffer()));
      cache.put(rendition.key(), buffer);
      return new Loaded.Small(buffer);
    } catch (IOException unreadable) {
      close(channel);
      return new Loaded.Failed();
    }
  }

  static void close(@Nullable FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException alreadyUnusable) {
      // A file only read from has nothing to lose by a failed close.
    }
  }
}
