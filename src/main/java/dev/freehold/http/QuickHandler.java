package dev.freehold.http;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A handler that answers some reads without a thread of their own: out of what it has in memory,
/// or when an answer it waits for comes.
public interface QuickHandler extends Handler {
  /// Asked first, for `GET` and `HEAD`, on the event loop, where nothing may wait.
  ///
  /// @param head the request without its body
  /// @param loop runs work on that event loop
  /// @return null when it takes a thread; then [#handle] is asked. Otherwise completed before this
  ///   returns, or on `loop`; with nothing when it turned out to take a thread
  @Nullable CompletableFuture<Optional<Response>> atOnce(Request head, Executor loop);
}
