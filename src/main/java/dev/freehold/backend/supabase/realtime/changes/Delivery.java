package dev.freehold.backend.supabase.realtime.changes;

import java.util.List;

/// One change for one subscription.
///
/// @param ids the bindings that wanted it
/// @param data the `data` object of the event, in JSON; the very same array for everyone who gets
///   the same
@SuppressWarnings("ArrayRecordComponent")
public record Delivery(Subscription to, List<Integer> ids, byte[] data) {}
