package dev.freehold.backend.supabase.rest;

import dev.freehold.http.Body;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What one statement gave.
///
/// @param total rows there are without limits, when they were counted
/// @param rows rows in the body
/// @param body as PostgreSQL rendered it; text is UTF-8
/// @param headers the setting `response.headers`
/// @param status the setting `response.status`
/// @param changed rows an upsert changed rather than inserted
/// @param location primary key values of a single new row, a null value for SQL's null
record Outcome(
    OptionalLong total,
    long rows,
    Body body,
    @Nullable String headers,
    @Nullable String status,
    long changed,
    List<@Nullable String> location) {

  Outcome withTotal(long count) {
    return new Outcome(OptionalLong.of(count), rows, body, headers, status, changed, location);
  }
}
