package dev.freehold.backend.supabase.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// A bucket of tokens for each caller of one route. A bucket fills at a steady rate up to its size;
/// who finds it empty must wait. At most [#MAX_CALLERS] are remembered, those who asked last.
final class Buckets {
  static final int MAX_CALLERS = 10_000;

  private final double perSecond;
  private final int size;
  private final Clock clock;
  private final Map<String, Bucket> buckets;

  private record Bucket(double tokens, Instant at) {}

  /// @param events how many in that time; zero sets no limit
  Buckets(int events, Duration over, int size, Clock clock) {
    this.perSecond = (double) events / over.toSeconds();
    this.size = size;
    this.clock = clock;
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_CALLERS;
          }
        };
  }

  /// Whether the caller had a token left; takes it.
  synchronized boolean take(String caller) {
    if (perSecond <= 0) {
      return true;
    }
    var now = clock.instant();
    var before = buckets.getOrDefault(caller, new Bucket(size, now));
    double passed = Math.max(0, Duration.between(before.at(), now).toMillis() / 1000.0);
    double tokens = Math.min(size, before.tokens() + passed * perSecond);
    boolean has = tokens >= 1;
    buckets.put(caller, new Bucket(has ? tokens - 1 : tokens, now));
    return has;
  }
}
