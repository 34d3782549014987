package dev.freehold;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Keeps a second server off the same data folder. The kernel frees it when we die, however.
final class DataLock implements AutoCloseable {
  /// A server that was just told to end, or was killed, may hold it a moment longer.
  private static final int ATTEMPTS = 50;

  private static final int PAUSE_MILLIS = 100;

  private final FileChannel channel;
  private final FileLock lock;

  private DataLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  static DataLock take(Path folder) {
    try {
      var channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      var lock = tryLock(channel);
      for (int attempt = 0; lock == null && attempt < ATTEMPTS; attempt++) {
        pause();
        lock = tryLock(channel);
      }
      if (lock == null) {
        channel.close();
        throw Problem.of("data-folder-in-use", "another Freehold runs with this data folder")
            .detail(folder.toString())
            .hint("freehold status shows it; freehold down stops it")
            .raise();
      }
      return new DataLock(channel, lock);
    } catch (IOException e) {
      throw Problem.of("data-folder-unusable", "the data folder could not be locked")
          .detail(folder + ": " + e.getMessage())
          .raise(e);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }
}
