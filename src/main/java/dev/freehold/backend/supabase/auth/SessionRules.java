package dev.freehold.backend.supabase.auth;

import java.time.Duration;

/// When a session ends by itself. A zero duration sets no end.
///
/// @param timebox after its begin
/// @param inactivity after its last refresh
/// @param lowAal after its begin, when its User has a second factor that it did not use
/// @param singlePerUser only the session refreshed last may be refreshed again
public record SessionRules(
    Duration timebox, Duration inactivity, Duration lowAal, boolean singlePerUser) {
  public static final SessionRules DEFAULT =
      new SessionRules(Duration.ZERO, Duration.ZERO, Duration.ZERO, false);
}
