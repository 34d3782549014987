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
/// @param inserted rows an upsert inserted rather than changed
/// @param location the parts of the address of a single new row, as `column=eq.value`
record Outcome(
    OptionalLong total,
    long rows,
    Body body,
    @Nullable String headers,
    @Nullable String status,
    long inserted,
    List<@Nullable String> location) {

  /// A filter left no row of a single value.
  static final Outcome NOTHING =
      new Outcome(OptionalLong.of(0), 0, Body.EMPTY, null, null, 0, List.of());

  Outcome withTotal(long count) {
    return new Outcome(OptionalLong.of(count), rows, body, headers, status, inserted, location);
  }
}
