package dev.freehold.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Stops a build that is about to fill the disk that the apps' databases lie on, by interrupting
/// the thread that runs it.
final class DiskWatch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Path folder;
  private final long freeBytes;
  private final Thread builder;
  private final AtomicBoolean full = new AtomicBoolean();
  private final Thread watcher;

  private DiskWatch(Path folder, long freeBytes, Thread builder) {
    this.folder = folder;
    this.freeBytes = freeBytes;
    this.builder = builder;
    this.watcher = Thread.ofVirtual().name("freehold-disk-watch").unstarted(this::watch);
  }

  /// Watches on behalf of the calling thread.
  static DiskWatch start(Path folder, long freeBytes) {
    var watch = new DiskWatch(folder, freeBytes, Thread.currentThread());
    if (watch.isShort()) {
      throw BuildProblems.diskFull();
    }
    watch.watcher.start();
    return watch;
  }

  /// Whether the interruption came from here.
  boolean stoppedTheBuild() {
    return full.get();
  }

  private void watch() {
    try {
      while (!isShort()) {
        Thread.sleep(INTERVAL);
      }
      full.set(true);
      builder.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isShort() {
    try {
      return Files.getFileStore(folder).getUsableSpace() < freeBytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
    try {
      watcher.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
