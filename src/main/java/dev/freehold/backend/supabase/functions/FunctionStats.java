package dev.freehold.backend.supabase.functions;

import java.time.Duration;
import java.util.Arrays;

/// Figures of one function since the server started.
public final class FunctionStats {
  private static final int KEPT_TIMES = 1_024;
  private static final int FIRST_SERVER_ERROR = 500;

  private final long[] micros = new long[KEPT_TIMES];
  private long calls;
  private long errors;
  private long coldStarts;

  /// @param calls all that are over
  /// @param errors of these, with a status of 500 or more
  /// @param coldStarts of these, for which a process was started
  /// @param medianMicros of the last thousand
  /// @param p99Micros of the last thousand
  public record Figures(
      long calls, long errors, long coldStarts, long medianMicros, long p99Micros) {}

  synchronized void add(FunctionCalled call) {
    micros[(int) (calls % KEPT_TIMES)] = call.took().toNanos() / 1_000;
    calls++;
    errors += call.status() >= FIRST_SERVER_ERROR ? 1 : 0;
    coldStarts += call.cold() ? 1 : 0;
  }

  /// The figures as they are now.
  public synchronized Figures figures() {
    var sorted = Arrays.copyOf(micros, (int) Math.min(calls, KEPT_TIMES));
    Arrays.sort(sorted);
    return new Figures(calls, errors, coldStarts, at(sorted, 0.5), at(sorted, 0.99));
  }

  private static long at(long[] sorted, double share) {
    int last = sorted.length - 1;
    return last < 0 ? 0 : sorted[Math.min(last, (int) (sorted.length * share))];
  }

  static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
