package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.JwtKeys;
import dev.freehold.backend.supabase.auth.provider.Providers;
import dev.freehold.http.Response;
import dev.freehold.telemetry.Events;
import java.time.Clock;
import java.util.Map;

/// What every endpoint of one auth server works with.
record Parts(
    AuthSettings settings,
    Transactions database,
    JwtKeys keys,
    Clock clock,
    Passwords passwords,
    SignIns signIns,
    Callers callers,
    Redirects redirects,
    Mails mails,
    Hooks hooks,
    Phones phones,
    RateLimiter limiter,
    Captcha captcha,
    Providers providers,
    Events events) {

  UserChanges changes(Transaction tx) {
    return new UserChanges(tx, clock.instant());
  }

  static Response json(Object body) {
    return Response.of(200, "application/json", Json.write(body));
  }

  /// An answer that says nothing.
  static Response nothing() {
    return json(Map.of());
  }
}
