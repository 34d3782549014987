package dev.freehold.backend.supabase.realtime.changes;

import java.util.List;

/// Takes what the change stream has for sockets. Called on one thread, in the order of the log; may
/// not wait.
public interface Outlet {
  void changes(List<Delivery> deliveries);

  void sent(StoredMessage message);

  /// Changes were lost to everyone who is subscribed.
  ///
  /// @param why in words for a person
  void skipped(String why);
}
