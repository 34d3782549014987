package dev.freehold.backend.supabase.functions.deno;

import dev.freehold.backend.supabase.functions.FunctionProcess;
import dev.freehold.supervisor.Instance;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/// A function's process, looked after by the supervisor.
final class LaunchedFunction implements FunctionProcess {
  /// What V8 writes when its heap is full; it then ends by a signal of its own.
  private static final String HEAP_FULL = "out of memory";

  private static final int KILLED = 128 + 9;

  private final Instance instance;
  private final Path socket;
  private final CompletableFuture<Ended> ended;

  LaunchedFunction(Instance instance, Path socket) {
    this.instance = instance;
    this.socket = socket;
    this.ended =
        instance
            .ended()
            .thenApply(status -> {
              FunctionSockets.remove(socket);
              var words = instance.lastWords();
              return new Ended(status, status == KILLED || words.contains(HEAP_FULL), words);
            });
  }

  @Override
  public Path socket() {
    return socket;
  }

  @Override
  public CompletableFuture<Ended> ended() {
    return ended;
  }

  @Override
  public void stop() {
    instance.stop();
  }

  @Override
  public void kill() {
    instance.kill();
  }
}
