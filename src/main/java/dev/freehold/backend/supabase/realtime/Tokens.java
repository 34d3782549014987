package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.ApiKeys;
import dev.freehold.backend.Session;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import java.time.Clock;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Reads the tokens of sockets, channels and requests, and says in upstream's words what is wrong
/// with one.
final class Tokens {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final TokenVerifier verifier;
  private final ApiKeys keys;
  private final Clock clock;

  /// What became of a token.
  sealed interface Read {
    /// @param expires seconds since 1970
    record Good(Session session, long expires) implements Read {}

    /// @param code upstream's name of the error
    record Bad(String code, String message) implements Read {
      String reason() {
        return code + ": " + message;
      }
    }
  }

  Tokens(TokenVerifier verifier, ApiKeys keys, Clock clock) {
    this.verifier = verifier;
    this.keys = keys;
    this.clock = clock;
  }

  /// Whether it says only which app calls, and no token of its own.
  boolean isKeyAlone(String token) {
    return token.startsWith(ApiKeys.OPAQUE_PREFIX) || keys.isAlias(token);
  }

  Read read(String token) {
    return switch (verifier.verify(token)) {
      case Verified.Bad bad -> refused(bad, token);
      case Verified.Good(var session) -> checked(session);
    };
  }

  private Read checked(Session session) {
    if (!(session.claims().get("exp") instanceof Number exp)
        || !(session.claims().get("role") instanceof String role)
        || role.isEmpty()) {
      return new Read.Bad("InvalidJWTToken", "Fields `role` and `exp` are required in JWT");
    }
    long left = exp.longValue() - now();
    return left <= 0
        ? new Read.Bad("InvalidJWTToken", expired(-left))
        : new Read.Good(session, exp.longValue());
  }

  private Read refused(Verified.Bad bad, String token) {
    return switch (bad.why()) {
      case MALFORMED -> new Read.Bad("MalformedJWT", "The token provided is not a valid JWT");
      case EXPIRED -> new Read.Bad("InvalidJWTToken", expired(now() - expiry(token)));
      case SIGNATURE -> new Read.Bad("JwtSignatureError", "Failed to validate JWT signature");
      case NO_KEYS, ALGORITHM ->
          new Read.Bad(
              "JwtSignerError",
              "Failed to generate JWT signer, check your JWT secret or JWKS configuration");
      case NOT_YET, CLAIMS -> new Read.Bad("InvalidJWTToken", bad.message());
    };
  }

  static String expired(long secondsAgo) {
    return "Token has expired " + secondsAgo + " seconds ago";
  }

  long now() {
    return clock.instant().getEpochSecond();
  }

  /// For a message only: the token's signature has been checked before its times.
  private long expiry(String token) {
    try {
      var parts = token.split("\\.", -1);
      var claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
      return claims.path("exp").asLong(now());
    } catch (JacksonException | IllegalArgumentException e) {
      return now();
    }
  }
}
