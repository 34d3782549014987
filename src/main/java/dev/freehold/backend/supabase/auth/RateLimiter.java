package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Request;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// Refuses callers who ask too often, by route and address.
final class RateLimiter {
  /// How many may come at once, as GoTrue allows.
  private static final int BURST = 30;

  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  /// What is counted apart.
  enum Route {
    TOKEN,
    VERIFY,
    SIGNUP,
    ANONYMOUS,
    OTP,
    MAGIC_LINK,
    RECOVER,
    RESEND,
    USER,
    SSO,
    FACTOR_CHALLENGE,
    FACTOR_VERIFY,
    PASSKEY,
    OAUTH_REGISTER
  }

  private final RateLimits limits;
  private final Map<Route, Buckets> buckets = new EnumMap<>(Route.class);

  RateLimiter(RateLimits limits, Clock clock) {
    this.limits = limits;
    for (var route : Route.values()) {
      buckets.put(
          route,
          switch (route) {
            case TOKEN -> new Buckets(limits.tokenRefresh(), FIVE_MINUTES, BURST, clock);
            case VERIFY -> new Buckets(limits.verify(), FIVE_MINUTES, BURST, clock);
            case SIGNUP, OTP, MAGIC_LINK, RECOVER, RESEND, USER ->
                new Buckets(limits.otp(), FIVE_MINUTES, BURST, clock);
            case SSO -> new Buckets(limits.sso(), FIVE_MINUTES, BURST, clock);
            case ANONYMOUS ->
                new Buckets(limits.anonymous(), Duration.ofHours(1), limits.anonymous(), clock);
            case PASSKEY -> new Buckets(limits.passkey(), FIVE_MINUTES, BURST, clock);
            case OAUTH_REGISTER -> new Buckets(limits.oauthRegister(), FIVE_MINUTES, BURST, clock);
            case FACTOR_CHALLENGE, FACTOR_VERIFY ->
                new Buckets(limits.factor(), Duration.ofMinutes(1), BURST, clock);
          });
    }
  }

  /// Takes one of the caller's tokens; refuses when none is left.
  void take(Route route, Call call) {
    var caller = caller(call.request());
    var bucket = buckets.get(route);
    if (!caller.isEmpty() && bucket != null && !bucket.take(caller)) {
      throw AuthError.of(429, "over_request_rate_limit", "Request rate limit reached");
    }
  }

  /// Empty for who is not limited.
  private String caller(Request request) {
    if (limits.header().isEmpty()) {
      var address = request.remote();
      boolean isHere = address.startsWith("127.") || address.matches("::1|0:0:0:0:0:0:0:1(%.*)?");
      return isHere ? "" : address;
    }
    return request.header(limits.header()).map(v -> v.split(",", 2)[0].strip()).orElse("");
  }
}
