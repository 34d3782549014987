package dev.freehold.http;

import org.jspecify.annotations.Nullable;

/// A handler that answers some reads out of what it has in memory, without a thread of their own.
public interface QuickHandler extends Handler {
  /// Asked first, for `GET` and `HEAD`, on the event loop, where nothing may wait.
  ///
  /// @param head the request without its body
  /// @return null when it takes more than memory; then [#handle] is asked
  @Nullable Response atOnce(Request head);
}
