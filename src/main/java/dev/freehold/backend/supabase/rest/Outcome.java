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
/// @param inserted rows an upsert inserted rather than changed
/// @param location primary key values of a single new row, a null value for SQL's null
@SuppressWarnings("ArrayRecordComponent")
record Outcome(
    OptionalLong total,
    long rows,
    byte[] body,
    @Nullable String headers,
    @Nullable String status,
    long inserted,
    List<@Nullable String> location) {

  /// A filter left no row of a single value.
  static final Outcome NOTHING =
      new Outcome(OptionalLong.of(0), 0, new byte[0], null, null, 0, List.of());

  Outcome withTotal(long count) {
    return new Outcome(OptionalLong.of(count), rows, body, headers, status, inserted, location);
  }
}
