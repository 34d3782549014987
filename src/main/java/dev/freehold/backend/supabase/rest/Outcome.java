package dev.freehold.backend.supabase.rest;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What one statement gave.
///
/// @param total rows there are without limits, when they were counted
/// @param rows rows in the body
/// @param body UTF-8, as PostgreSQL rendered it
/// @param headers the setting `response.headers`
/// @param status the setting `response.status`
/// @param changed rows an upsert changed rather than inserted
/// @param location primary key values of a single new row, a null value for SQL's null
@SuppressWarnings("ArrayRecordComponent")
record Outcome(
    OptionalLong total,
    long rows,
    byte[] body,
    @Nullable String headers,
    @Nullable String status,
    long changed,
    List<@Nullable String> location) {

  Outcome withTotal(long count) {
    return new Outcome(OptionalLong.of(count), rows, body, headers, status, changed, location);
  }
}
