package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.JwtKeys;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Begins sessions and writes access tokens.
final class SignIns {
  private static final Set<String> SECOND_FACTORS = Set.of("totp", "mfa/phone", "mfa/webauthn");

  private final AuthSettings settings;
  private final JwtKeys keys;
  private final Clock clock;
  private final Hooks hooks;
  private final SecureRandom random = new SecureRandom();

  SignIns(AuthSettings settings, JwtKeys keys, Clock clock, Hooks hooks) {
    this.settings = settings;
    this.keys = keys;
    this.clock = clock;
    this.hooks = hooks;
  }

  /// A new session of the User.
  ///
  /// @param method how the User proved who they are, in GoTrue's words
  SignedIn begin(Transaction tx, User user, String method, Device device) {
    var now = clock.instant();
    var session = LoginSessions.create(tx, user.id(), method, device, now);
    var refresh = RefreshTokens.create(tx, random, user.id(), session, null, now);
    new UserChanges(tx, now).signedIn(user.id());
    return issue(tx, Users.reload(tx, user.id()), session, refresh, method, device);
  }

  /// Replaces a refresh token and returns the new one.
  String swap(Transaction tx, RefreshTokens.Row old, UUID session) {
    var now = clock.instant();
    RefreshTokens.revoke(tx, old, now);
    var refresh = RefreshTokens.create(tx, random, old.userId(), session, old.token(), now);
    new UserChanges(tx, now).signedIn(old.userId());
    return refresh;
  }

  /// A new refresh token of a session that goes on at another level.
  String renew(Transaction tx, UUID user, UUID session) {
    var active = RefreshTokens.active(tx, session);
    return active.isPresent()
        ? swap(tx, active.get(), session)
        : RefreshTokens.create(tx, random, user, session, null, clock.instant());
  }

  /// An access token of a session that exists, beside that refresh token.
  ///
  /// @param method how the User proved who they are this time, for the App's own hook
  SignedIn issue(
      Transaction tx, User user, UUID sessionId, String refresh, String method, Device device) {
    var session =
        LoginSessions.byId(tx, sessionId)
            .orElseThrow(() -> AuthError.internal("Session is required to issue access token"));
    long now = clock.instant().getEpochSecond();
    long lifetime = settings.tokens().access().toSeconds();
    lifetime =
        Math.min(lifetime, SessionEnds.lowAalSecondsLeft(settings.sessions(), user, session, now));
    var claims =
        hooks.customAccessToken(
            tx, user, claims(user, session, now, now + lifetime), method, device.address());
    var token = keys.sign(claims);
    return new SignedIn(token, lifetime, now + lifetime, refresh, user);
  }

  private Map<String, Object> claims(User user, LoginSession session, long from, long until) {
    var methods = new ArrayList<Map<String, Object>>();
    for (var method : session.methods()) {
      var entry = new LinkedHashMap<String, Object>();
      entry.put("method", method.name());
      entry.put("timestamp", method.at().getEpochSecond());
      methods.add(entry);
    }
    boolean hasSecond = session.methods().stream().anyMatch(m -> SECOND_FACTORS.contains(m.name()));
    var claims = new LinkedHashMap<String, Object>();
    claims.put("iss", settings.issuer());
    claims.put("sub", user.id().toString());
    claims.put("aud", user.aud());
    claims.put("exp", until);
    claims.put("iat", from);
    claims.put("email", user.email());
    claims.put("phone", user.phone());
    claims.put("app_metadata", user.appMetadata());
    claims.put("user_metadata", user.userMetadata());
    claims.put("role", user.role());
    claims.put("aal", hasSecond ? "aal2" : "aal1");
    claims.put("amr", methods);
    claims.put("session_id", session.id().toString());
    claims.put("is_anonymous", user.isAnonymous());
    return claims;
  }
}
