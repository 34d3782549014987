package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Tells who calls: a User by an access token, or an administrator by a service_role token.
final class Callers {
  static final String DEFAULT_AUDIENCE = "authenticated";
  private static final Set<String> ADMIN_ROLES = Set.of("service_role", "supabase_admin");

  /// A User with the session the token belongs to; tokens made by hand may name none.
  record Caller(User user, @Nullable LoginSession session, Map<String, Object> claims) {
    boolean isAal2() {
      return session != null && session.aal().equals("aal2");
    }
  }

  private final TokenVerifier verifier;
  private final Transactions database;
  private final Clock clock;

  Callers(TokenVerifier verifier, Transactions database, Clock clock) {
    this.verifier = verifier;
    this.database = database;
    this.clock = clock;
  }

  /// The signed-in User who calls; refuses everyone else.
  Caller user(Transaction tx, Call call) {
    var claims = claims(call);
    var sub = claims.get("sub");
    if (!(sub instanceof String subject) || subject.isEmpty()) {
      throw AuthError.forbidden("bad_jwt", "invalid claim: missing sub claim");
    }
    var id = uuid(subject);
    if (id == null) {
      throw AuthError.badRequest("bad_jwt", "invalid claim: sub claim must be a UUID");
    }
    var user =
        Users.byId(tx, id)
            .orElseThrow(() ->
                AuthError.forbidden("user_not_found", "User from sub claim in JWT does not exist"));
    var session = session(tx, claims.get("session_id"));
    if (session != null && !session.userId().equals(user.id())) {
      throw AuthError.forbidden(
          "session_not_found", "Session from session_id claim in JWT does not exist");
    }
    if (user.isBanned(clock.instant())) {
      throw AuthError.forbidden("user_banned", "User is banned");
    }
    return new Caller(user, session, claims);
  }

  /// The role of an administrator who calls; refuses everyone else. A User of such a role has it
  /// for as long as the session lasts; never inside a transaction.
  String admin(Call call) {
    var claims = claims(call);
    if (claims.get("role") instanceof String name && ADMIN_ROLES.contains(name)) {
      if (claims.get("session_id") instanceof String session
          && !session.isEmpty()
          && !session.equals(Users.INSTANCE.toString())) {
        var unused = database.run(tx -> user(tx, call));
      }
      return name;
    }
    throw AuthError.forbidden("not_admin", "User not allowed");
  }

  /// Whether an administrator calls; never refuses.
  boolean isAdmin(Call call) {
    var token = call.bearer();
    return !token.isEmpty()
        && verifier.verify(token) instanceof Verified.Good good
        && good.session().claims().get("role") instanceof String role
        && ADMIN_ROLES.contains(role);
  }

  /// For whom a User of this request would be: `authenticated` but in special tokens.
  String audience(Call call) {
    var asked = call.request().header("X-JWT-AUD").orElse("");
    if (!asked.isEmpty()) {
      return asked;
    }
    var token = call.bearer();
    if (!token.isEmpty() && verifier.verify(token) instanceof Verified.Good good) {
      var claims = good.session().claims();
      boolean isAdmin = claims.get("role") instanceof String role && ADMIN_ROLES.contains(role);
      var first = firstAudience(claims.get("aud"));
      if (!isAdmin && !first.isEmpty()) {
        return first;
      }
    }
    return DEFAULT_AUDIENCE;
  }

  private Map<String, Object> claims(Call call) {
    var token = call.bearer();
    if (token.isEmpty()) {
      throw AuthError.of(401, "no_authorization", "This endpoint requires a valid Bearer token");
    }
    return switch (verifier.verify(token)) {
      case Verified.Good good -> good.session().claims();
      case Verified.Bad bad ->
          throw AuthError.forbidden(
              "bad_jwt", "invalid JWT: unable to parse or verify signature, " + reason(bad.why()));
    };
  }

  private static String reason(Verified.Why why) {
    return switch (why) {
      case MALFORMED -> "token is malformed: token contains an invalid number of segments";
      case NO_KEYS, SIGNATURE -> "token signature is invalid: signature is invalid";
      case ALGORITHM -> "token signature is invalid: signing method is invalid";
      case EXPIRED -> "token has invalid claims: token is expired";
      case NOT_YET -> "token has invalid claims: token is not valid yet";
      case CLAIMS -> "token is malformed: could not JSON decode claim";
    };
  }

  private @Nullable LoginSession session(Transaction tx, @Nullable Object claim) {
    if (!(claim instanceof String text)
        || text.isEmpty()
        || text.equals(Users.INSTANCE.toString())) {
      return null;
    }
    var id = uuid(text);
    if (id == null) {
      throw AuthError.forbidden("bad_jwt", "invalid claim: session_id claim must be a UUID");
    }
    return LoginSessions.byId(tx, id)
        .orElseThrow(() ->
            AuthError.forbidden(
                "session_not_found", "Session from session_id claim in JWT does not exist"));
  }

  private static String firstAudience(@Nullable Object aud) {
    return switch (aud) {
      case String one -> one;
      case Collection<?> many when !many.isEmpty() && many.iterator().next() instanceof String s ->
          s;
      case null, default -> "";
    };
  }

  static @Nullable UUID uuid(String text) {
    try {
      return text.length() == 36 ? UUID.fromString(text) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
