package dev.freehold.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// The bytes of small files that never change, in memory outside the Java heap, bounded by their
/// sum. What is dropped is freed by the garbage collector once no answer uses it any more, so
/// nobody counts references. Whether somebody may have the bytes is not asked here.
public final class FileCache {
  /// Files up to here are worth keeping; above, `sendfile` is cheaper.
  public static final int MAX_FILE_BYTES = 256 * 1024;

  /// What an entry costs beside its bytes.
  private static final int ENTRY_OVERHEAD_BYTES = 512;

  private final Cache<String, ByteBuffer> cache;

  public FileCache(long maxBytes) {
    cache =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((String key, ByteBuffer bytes) -> bytes.remaining() + ENTRY_OVERHEAD_BYTES)
            .executor(Runnable::run)
            .build();
  }

  /// @param key names the bytes for ever: a path together with a digest, a version
  /// @return read-only and shared by all who ask
  public @Nullable ByteBuffer find(String key) {
    return cache.getIfPresent(key);
  }

  /// Reads a file that is at most [#MAX_FILE_BYTES] long, from its beginning, and keeps its bytes.
  /// Blocks; the channel stays open.
  public ByteBuffer keep(String key, FileChannel file, int size) throws IOException {
    var bytes = ByteBuffer.allocateDirect(size);
    while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {}
    var kept = bytes.flip().asReadOnlyBuffer();
    cache.put(key, kept);
    return kept;
  }
}
