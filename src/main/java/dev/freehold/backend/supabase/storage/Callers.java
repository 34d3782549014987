package dev.freehold.backend.supabase.storage;

import dev.freehold.backend.Session;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import dev.freehold.http.Request;
import java.util.regex.Pattern;

/// Who calls: the token in `Authorization`, with or without `Bearer`, as a hosted gateway may hand
/// it on (reference 3.2).
final class Callers {
  private static final Pattern BEARER = Pattern.compile("(?i)^Bearer\\s+");
  private static final Session ANONYMOUS = Session.anonymous("anon");

  /// What a route asks of its caller.
  enum Rule {
    /// A good token.
    TOKEN,
    /// A good token, or none, or a bad one that counts as none.
    ANYBODY,
    /// Nothing: the route runs as administrator and finds out by itself what is allowed.
    OPEN
  }

  /// A caller, known or not.
  record Caller(Scope scope, boolean known) {}

  private final TokenVerifier verifier;

  Callers(TokenVerifier verifier) {
    this.verifier = verifier;
  }

  Caller of(Request request, Rule rule, Operation operation) {
    var token = BEARER.matcher(request.header("Authorization").orElse("").strip()).replaceFirst("");
    return switch (rule) {
      case OPEN -> {
        var scope = Scope.of(ANONYMOUS, "", request, operation);
        yield new Caller(scope.administrator(), false);
      }
      case ANYBODY, TOKEN -> {
        var verified =
            token.isEmpty()
                ? new Verified.Bad(Verified.Why.MALFORMED, "no token")
                : verifier.verify(token);
        yield switch (verified) {
          case Verified.Good(var session) ->
              new Caller(Scope.of(session, token, request, operation), true);
          case Verified.Bad bad -> {
            if (rule == Rule.TOKEN) {
              throw StorageError.accessDenied(words(bad));
            }
            yield new Caller(Scope.of(ANONYMOUS, "", request, operation), false);
          }
        };
      }
    };
  }

  /// In the words of upstream's JWT library.
  static String words(Verified.Bad bad) {
    return switch (bad.why()) {
      case MALFORMED -> "Invalid Compact JWS";
      case SIGNATURE, NO_KEYS -> "signature verification failed";
      case ALGORITHM -> "\"alg\" (Algorithm) Header Parameter value not allowed";
      case EXPIRED -> "\"exp\" claim timestamp check failed";
      case NOT_YET -> "\"nbf\" claim timestamp check failed";
      case CLAIMS -> "JWT Claims Set must be a top-level JSON object";
    };
  }
}
