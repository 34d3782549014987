package dev.freehold.backend.supabase.rest;

import dev.freehold.http.Body;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Flow;
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

  /// The body will not be read by anyone; a large one lets go of its connection.
  void discard() {
    if (body instanceof Body.Stream stream) {
      stream.pieces().subscribe(new Unread());
    }
  }

  private static final class Unread implements Flow.Subscriber<byte[]> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.cancel();
    }

    @Override
    public void onNext(byte[] piece) {
      // Nobody wants it.
    }

    @Override
    public void onError(Throwable broken) {
      // Nobody misses it.
    }

    @Override
    public void onComplete() {
      // Nobody waits for it.
    }
  }

  Outcome withTotal(long count) {
    return new Outcome(OptionalLong.of(count), rows, body, headers, status, inserted, location);
  }
}
