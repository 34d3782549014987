package dev.freehold.backend.supabase.realtime;

import java.time.Duration;

/// Grants so many tokens a span of time, and as many at once after a quiet span.
final class Bucket {
  private final double most;
  private final double perNano;
  private double tokens;
  private long filledAt;

  Bucket(int tokensInSpan, Duration span, long nanos) {
    this.most = tokensInSpan;
    this.perNano = tokensInSpan / (double) span.toNanos();
    this.tokens = tokensInSpan;
    this.filledAt = nanos;
  }

  boolean take(long nanos) {
    tokens = Math.min(most, tokens + (nanos - filledAt) * perNano);
    filledAt = nanos;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
