package dev.freehold.postgres.wire;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which statements are known to be quick, by their text. A statement is trusted after a few quick
/// runs; one slow run and it must prove itself anew, each time for longer. Safe for several
/// threads.
final class Costs {
  /// A quick statement takes less than this.
  static final Duration QUICK = Duration.ofMillis(2);

  /// A trusted statement that takes longer is no longer trusted.
  static final Duration SLOW = Duration.ofMillis(20);

  /// A quick statement's answer is smaller than this.
  static final long QUICK_BYTES = 256 * 1024;

  /// Quick runs before a new statement is trusted.
  private static final int FIRST_PROOF = 3;

  /// Quick runs before one that kept being slow is trusted.
  private static final int LONGEST_PROOF = 1024;

  /// Statements remembered; the one not seen for the longest is forgotten.
  private static final int KEPT = 1024;

  private final Map<String, Known> statements =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > KEPT;
        }
      };

  /// @param missing quick runs still wanted
  /// @param proof quick runs wanted when it next turns out slow
  private record Known(int missing, int proof) {}

  synchronized boolean quick(String key) {
    var known = statements.get(key);
    return known != null && known.missing() == 0;
  }

  synchronized void ran(String key, long nanos, long bytes) {
    @Nullable Known known = statements.get(key);
    var trusted = known != null && known.missing() == 0;
    var quick = nanos < QUICK.toNanos() && bytes < QUICK_BYTES;
    if (trusted) {
      if (nanos > SLOW.toNanos() || bytes >= QUICK_BYTES) {
        distrust(key);
      }
    } else if (known == null) {
      statements.put(key, new Known(quick ? FIRST_PROOF - 1 : FIRST_PROOF, FIRST_PROOF));
    } else if (quick) {
      statements.put(key, new Known(known.missing() - 1, known.proof()));
    }
  }

  synchronized void distrust(String key) {
    var known = statements.get(key);
    int proof = known == null ? FIRST_PROOF : Math.min(LONGEST_PROOF, known.proof() * 4);
    statements.put(key, new Known(proof, proof));
  }

  /// After a change of the schema nothing is known.
  synchronized void clear() {
    statements.clear();
  }
}
