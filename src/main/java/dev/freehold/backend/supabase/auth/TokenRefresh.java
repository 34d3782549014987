package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// `POST /token?grant_type=refresh_token`: a refresh token is used once and replaced.
///
/// A browser with many tabs, or one that lost an answer, presents a used token again without any
/// harm meant. So a used token is still good within the reuse interval, and always as long as it is
/// the parent of the active one; then the active token is handed out again, and all tabs end with
/// the same. A used token presented later than that may be stolen: the session's tokens are revoked
/// all.
///
/// Refreshes of one session go one at a time under a row lock. Who does not get the lock at once
/// gives the connection back and tries again after some milliseconds, for at most five seconds.
final class TokenRefresh {
  static final Duration RETRY = Duration.ofSeconds(5);
  private static final int MIN_PAUSE_MS = 10;
  private static final int MAX_PAUSE_MS = 30;

  /// What one attempt came to.
  private sealed interface Attempt {
    record Done(SignedIn session) implements Attempt {}

    /// Refused, and what was written about it stays written.
    record Refused(AuthError why) implements Attempt {}

    record Busy() implements Attempt {}
  }

  private final Parts parts;

  TokenRefresh(Parts parts) {
    this.parts = parts;
  }

  Response answer(Call call) {
    var token = call.text("refresh_token");
    if (token.isEmpty()) {
      return Response.of(
          400,
          "application/json",
          "{\"error\":\"invalid_request\",\"error_description\":\"refresh_token required\"}");
    }
    long deadline = System.nanoTime() + RETRY.toNanos();
    while (true) {
      var attempt = parts.database().run(tx -> attempt(tx, token, call.device()));
      switch (attempt) {
        case Attempt.Done done -> {
          return Parts.json(done.session().toJson());
        }
        case Attempt.Refused refused -> throw refused.why();
        case Attempt.Busy _ -> pause(deadline);
      }
    }
  }

  private Attempt attempt(Transaction tx, String token, Device device) {
    var row = RefreshTokens.byToken(tx, token).orElseThrow(TokenRefresh::notFound);
    var user = Users.byId(tx, row.userId()).orElseThrow(TokenRefresh::notFound);
    if (user.isBanned(parts.clock().instant())) {
      throw AuthError.badRequest("user_banned", "Invalid Refresh Token: User Banned");
    }
    var session = Optional.ofNullable(row.sessionId()).flatMap(id -> LoginSessions.byId(tx, id));
    if (session.isEmpty()) {
      RefreshTokens.delete(tx, row);
      return new Attempt.Refused(
          AuthError.badRequest(
              "session_not_found", "Invalid Refresh Token: No Valid Session Found"));
    }
    var now = parts.clock().instant();
    var rules = parts.settings().sessions();
    var over = SessionEnds.reason(rules, user, session.get(), row.updatedAt(), now);
    if (over.isPresent()) {
      throw AuthError.badRequest("session_expired", over.get());
    }
    var locked = RefreshTokens.lock(tx, token);
    if (locked.isEmpty() || !RefreshTokens.lockSession(tx, session.get().id())) {
      return new Attempt.Busy();
    }
    if (rules.singlePerUser()) {
      if (!Users.lock(tx, user.id())) {
        return new Attempt.Busy();
      }
      SessionEnds.refuseOlder(tx, rules, user, session.get(), row.updatedAt(), now);
    }
    return swap(tx, locked.get(), session.get().id(), user, device);
  }

  private Attempt swap(
      Transaction tx, RefreshTokens.Row token, UUID session, User user, Device device) {
    var now = parts.clock().instant();
    String issued = null;
    if (token.revoked()) {
      var active = RefreshTokens.active(tx, session);
      if (active.isPresent() && active.get().parent().equals(token.token())) {
        issued = active.get().token();
      } else if (now.isAfter(token.updatedAt().plus(parts.settings().tokens().reuse()))) {
        RefreshTokens.revokeFamily(tx, session);
        parts.events().publish(new AuthEvent.RefreshTokenReused(session.toString()));
        return new Attempt.Refused(
            AuthError.badRequest(
                "refresh_token_already_used", "Invalid Refresh Token: Already Used"));
      }
    }
    AuditLog.userDid(tx, user, "token_refreshed", device, now);
    if (issued == null) {
      issued = parts.signIns().swap(tx, token, session);
    }
    LoginSessions.refreshed(tx, session, device, now);
    return new Attempt.Done(
        parts
            .signIns()
            .issue(tx, Users.reload(tx, user.id()), session, issued, "token_refresh", device));
  }

  private static void pause(long deadline) {
    if (System.nanoTime() >= deadline) {
      throw AuthError.of(
          409,
          "conflict",
          "Too many concurrent token refresh requests on the same session or refresh token");
    }
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(MIN_PAUSE_MS, MAX_PAUSE_MS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AuthError.of(504, "request_timeout", "Processing this request timed out");
    }
  }

  private static AuthError notFound() {
    return AuthError.badRequest(
        "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");
  }
}
