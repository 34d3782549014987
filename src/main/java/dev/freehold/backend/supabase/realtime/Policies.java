package dev.freehold.backend.supabase.realtime;

/// What a session may do in a channel, as far as it was asked.
record Policies(
    Grant broadcastRead, Grant broadcastWrite, Grant presenceRead, Grant presenceWrite) {
  /// An answer of the policies on `realtime.messages`.
  enum Grant {
    UNASKED,
    YES,
    NO;

    static Grant of(boolean granted) {
      return granted ? YES : NO;
    }

    boolean isGiven() {
      return this == YES;
    }
  }

  static final Policies UNASKED =
      new Policies(Grant.UNASKED, Grant.UNASKED, Grant.UNASKED, Grant.UNASKED);

  /// In a public channel there is nothing to ask.
  static final Policies PUBLIC = new Policies(Grant.YES, Grant.YES, Grant.YES, Grant.YES);

  Policies withRead(Grant broadcast, Grant presence) {
    return new Policies(broadcast, broadcastWrite, presence, presenceWrite);
  }

  Policies withWrite(Grant broadcast, Grant presence) {
    return new Policies(broadcastRead, broadcast, presenceRead, presence);
  }

  /// Whether something that could be read before no longer can.
  boolean revokes(Policies before) {
    return (before.broadcastRead == Grant.YES && broadcastRead == Grant.NO)
        || (before.presenceRead == Grant.YES && presenceRead == Grant.NO);
  }
}
