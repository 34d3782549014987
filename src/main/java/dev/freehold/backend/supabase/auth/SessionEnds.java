package dev.freehold.backend.supabase.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether a session may be refreshed, by the rules of [SessionRules]; GoTrue's words for why not.
final class SessionEnds {
  private static final String PREFIX = "Invalid Refresh Token: Session Expired";

  private SessionEnds() {}

  /// Why the session is over; empty while it is not.
  ///
  /// @param tokenAt when the refresh token at hand was last used
  static Optional<String> reason(
      SessionRules rules, User user, LoginSession session, @Nullable Instant tokenAt, Instant now) {
    if (session.isExpired(now) || isPast(session.createdAt(), rules.timebox(), now)) {
      return Optional.of(PREFIX);
    }
    if (isPast(lastRefreshed(session, tokenAt), rules.inactivity(), now)) {
      return Optional.of(PREFIX + " (Inactivity)");
    }
    if (isLow(user, session) && isPast(session.createdAt(), rules.lowAal(), now)) {
      return Optional.of(PREFIX + " (Low AAL: User Needs MFA Verification)");
    }
    return Optional.empty();
  }

  /// Refuses a session that is not the one its User refreshed last.
  static void refuseOlder(
      Transaction tx,
      SessionRules rules,
      User user,
      LoginSession own,
      Instant tokenAt,
      Instant now) {
    for (var other : LoginSessions.ofUser(tx, user.id())) {
      boolean isNewer =
          !other.id().equals(own.id())
              && reason(rules, user, other, null, now).isEmpty()
              && lastRefreshed(other, null).isAfter(lastRefreshed(own, tokenAt));
      if (isNewer) {
        throw AuthError.badRequest("session_expired", PREFIX + " (Revoked by Newer Login)");
      }
    }
  }

  /// Seconds that a token of this session may live, when its User has a factor it did not use.
  static long lowAalSecondsLeft(SessionRules rules, User user, LoginSession session, long now) {
    return rules.lowAal().isZero() || !isLow(user, session)
        ? Long.MAX_VALUE
        : Math.max(0, session.createdAt().plus(rules.lowAal()).getEpochSecond() - now);
  }

  private static boolean isLow(User user, LoginSession session) {
    return user.hasVerifiedFactor() && session.aal().equals("aal1");
  }

  private static boolean isPast(Instant from, Duration length, Instant now) {
    return !length.isZero() && now.isAfter(from.plus(length));
  }

  private static Instant lastRefreshed(LoginSession session, @Nullable Instant tokenAt) {
    if (session.refreshedAt() != null) {
      return session.refreshedAt();
    }
    return tokenAt != null && tokenAt.isAfter(session.createdAt()) ? tokenAt : session.createdAt();
  }
}
