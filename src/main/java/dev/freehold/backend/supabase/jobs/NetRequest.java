package dev.freehold.backend.supabase.jobs;

import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One row that left `net.http_request_queue`.
///
/// @param headers in the order that `jsonb` keeps them
/// @param trusted whether a database webhook made it: its address and headers are the arguments of
///   a trigger, which only the table's owner can write
record NetRequest(
    long id,
    String method,
    String url,
    Map<String, String> headers,
    @Nullable ByteBuffer body,
    int timeoutMs,
    boolean tooLarge,
    boolean trusted) {}
