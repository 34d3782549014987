package dev.freehold.backend.supabase.rest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import java.util.function.Function;

/// Reads that come again and again with other values, planned once for each reading of the schema.
/// A shape is planned as a template when it comes for the second time, with placeholders for its
/// values; only where PostgreSQL is given each value as it came does the template serve.
///
/// Safe for several threads.
final class Templates {
  /// Characters of keys and statements kept; some thousand shapes.
  private static final long MAX_CHARS = 8_000_000;

  /// What is counted for a shape that was seen once.
  private static final int SEEN_CHARS = 64;

  private final Cache<String, Known> known =
      Caffeine.newBuilder()
          .maximumWeight(MAX_CHARS)
          .<String, Known>weigher((key, value) -> key.length() + value.chars())
          .build();

  /// A planned request without its values.
  ///
  /// @param request with placeholders
  /// @param places where its values stand among the bound ones
  @SuppressWarnings("ArrayRecordComponent")
  record Template(ApiRequest request, Prepared prepared, int[] places) {}

  private sealed interface Known {
    int chars();

    /// It came once.
    record Seen() implements Known {
      @Override
      public int chars() {
        return SEEN_CHARS;
      }
    }

    /// It must be planned each time.
    record Unfit() implements Known {
      @Override
      public int chars() {
        return SEEN_CHARS;
      }
    }

    /// @param loadedAtNanos the reading of the schema it was planned with
    record Fit(Template template, long loadedAtNanos) implements Known {
      @Override
      public int chars() {
        return SEEN_CHARS + 2 * template.prepared().query().sql().length();
      }
    }
  }

  Optional<Template> find(RequestShape shape, long loadedAtNanos) {
    return known.getIfPresent(shape.key()) instanceof Known.Fit fit
            && fit.loadedAtNanos() == loadedAtNanos
        ? Optional.of(fit.template())
        : Optional.empty();
  }

  /// A request of this shape was answered well.
  ///
  /// @param planning plans it with placeholders; nothing when it has to be planned each time
  void answered(
      RequestShape shape, long loadedAtNanos, Function<RequestShape, Optional<Template>> planning) {
    switch (known.getIfPresent(shape.key())) {
      case null -> known.put(shape.key(), new Known.Seen());
      case Known.Unfit _ -> {
        // Nothing has changed about it.
      }
      case Known.Seen _, Known.Fit _ ->
          known.put(
              shape.key(),
              planning
                  .apply(shape)
                  .<Known>map(template -> new Known.Fit(template, loadedAtNanos))
                  .orElseGet(Known.Unfit::new));
    }
  }

  /// The settings have changed: nothing that was planned is worth anything.
  void clear() {
    known.invalidateAll();
  }
}
