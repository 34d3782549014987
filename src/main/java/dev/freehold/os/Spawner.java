package dev.freehold.os;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Starts every process from one thread that lives as long as we do.
///
/// A jail asks the kernel to kill it when its parent dies, and by parent the kernel means the
/// thread that started it (prctl(2), PR_SET_PDEATHSIG). Virtual threads run on carriers that come
/// and go, so a process started from one could be killed at any time.
final class Spawner {
  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("freehold-spawner").factory());

  private Spawner() {}

  static Process start(ProcessBuilder builder) throws IOException {
    try {
      return THREAD.submit(builder::start).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting " + builder.command().getFirst(), e);
    }
  }
}
