package dev.freehold.operation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Work that computes for seconds, on a thread of the system. Only as many virtual threads run as
/// there are processors, and none makes room for another before it waits: two exports being looked
/// at would hold up every answer of the apps that are live.
final class Computing {
  private Computing() {}

  /// Does the work and waits for it. An interrupt is passed on to it, and its end waited for all
  /// the same: what it was about may then be cleaned up.
  ///
  /// @param name of the thread
  static <T> T call(String name, Supplier<T> work) {
    var done = new CompletableFuture<T>();
    var thread = Thread.ofPlatform().daemon().name(name).start(() -> complete(done, work));
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return done.get();
        } catch (InterruptedException e) {
          interrupted = true;
          thread.interrupt();
        } catch (ExecutionException e) {
          throw thrown(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static <T> void complete(CompletableFuture<T> done, Supplier<T> work) {
    try {
      done.complete(work.get());
    } catch (RuntimeException | Error e) {
      done.completeExceptionally(e);
    }
  }

  private static RuntimeException thrown(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new CompletionException(cause);
  }
}
