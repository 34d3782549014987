package dev.freehold.backend.supabase.realtime.changes;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Takes what the change stream has for sockets. Called on one thread, in the order of the log.
public interface Outlet {
  /// May wait a moment for clients that read more slowly than a large transaction comes.
  void changes(List<Delivery> deliveries);

  void sent(StoredMessage message);

  /// Completes, on any thread, once all that was taken so far has been written to its sockets. Only
  /// then is it told: what still waits inside this process would be lost with it.
  CompletableFuture<Void> written();

  /// Changes were lost to everyone who is subscribed.
  ///
  /// @param why in words for a person
  void skipped(String why);
}
