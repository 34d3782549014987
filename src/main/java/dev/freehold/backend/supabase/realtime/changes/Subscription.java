package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.backend.Session;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Who hears of changes of which tables. Made and ended by [Changes].
public final class Subscription {
  private final Object owner;
  private final List<Binding> bindings;
  private final boolean resuming;
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile Session session;
  private volatile @Nullable Snapshot since;
  private volatile boolean ended;

  /// @param owner whose it is, handed back with each delivery
  /// @param session under whose role and claims rows must be visible
  /// @param resuming whether the client was subscribed before this server started, so that what
  ///   changed since is to be delivered too
  public Subscription(Object owner, Session session, List<Binding> bindings, boolean resuming) {
    this.owner = owner;
    this.session = session;
    this.bindings = List.copyOf(bindings);
    this.resuming = resuming;
  }

  public Object owner() {
    return owner;
  }

  List<Binding> bindings() {
    return bindings;
  }

  /// Begins, if it has not: from here on it hears of what could not be seen at this moment; one who
  /// comes back, of all that is read.
  ///
  /// @return whether it begins now, and its client was subscribed before
  boolean begin(Supplier<Snapshot> now) {
    if (!begun.compareAndSet(false, true)) {
      return false;
    }
    if (!resuming) {
      since = now.get();
    }
    return resuming;
  }

  /// Whether it is told what a transaction did.
  boolean isTold(WalMessage.Begin transaction) {
    var from = since;
    return !ended && (from == null || !from.shows(transaction));
  }

  Session session() {
    return session;
  }

  /// From now on rows are delivered that this session may see.
  public void renew(Session renewed) {
    session = renewed;
  }

  boolean ended() {
    return ended;
  }

  void end() {
    ended = true;
  }
}
