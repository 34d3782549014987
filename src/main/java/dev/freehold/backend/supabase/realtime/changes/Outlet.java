package dev.freehold.backend.supabase.realtime.changes;

import java.util.List;

/// Takes what the change stream has for sockets. Called on one thread, in the order of the log.
public interface Outlet {
  /// May wait a moment for clients that read more slowly than a large transaction comes.
  void changes(List<Delivery> deliveries);

  void sent(StoredMessage message);

  /// Changes were lost to everyone who is subscribed.
  ///
  /// @param why in words for a person
  void skipped(String why);
}
