package dev.freehold.backend.supabase.storage;

import dev.freehold.objectstore.BucketAddress;

/// A bucket, and what is done with it.
///
/// @param keeps whether new bytes go there; if not it is only read
/// @param moving whether the bytes of the other place are on their way to where new ones go
public record BucketUse(BucketAddress address, boolean keeps, boolean moving) {}
