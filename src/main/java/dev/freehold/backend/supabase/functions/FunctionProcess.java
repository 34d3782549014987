package dev.freehold.backend.supabase.functions;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/// A process that runs one function and listens on a Unix socket.
public interface FunctionProcess {
  /// Where it listens once it is ready.
  Path socket();

  /// Completes when it has ended, however it ended.
  CompletableFuture<Ended> ended();

  /// Asks it to finish, and ends it when it does not. Blocks until it is gone.
  void stop();

  /// Ends it at once.
  void kill();

  /// How a process ended.
  ///
  /// @param status its exit status
  /// @param outOfMemory whether it took more memory than it may
  /// @param lastWords the last lines it wrote
  record Ended(int status, boolean outOfMemory, String lastWords) {}
}
