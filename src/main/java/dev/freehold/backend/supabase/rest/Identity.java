package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.Session;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import dev.freehold.http.Request;

/// Under which role and claims a request runs.
///
/// @param anonymous it came without a token
record Identity(Session session, boolean anonymous) {
  private static final String SCHEME = "Bearer ";

  /// @throws RestFailure PGRST301, PGRST302, PGRST303
  static Identity of(Request request, TokenVerifier verifier, RestSettings settings) {
    var header = request.header("Authorization").orElse("");
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      if (settings.anonRole().isEmpty()) {
        throw Failures.anonymous();
      }
      return new Identity(Session.anonymous(settings.anonRole()), true);
    }
    var token = header.substring(SCHEME.length()).strip();
    if (token.isEmpty()) {
      throw Failures.token("PGRST301", "Empty JWT is sent in Authorization header");
    }
    return switch (verifier.verify(token)) {
      case Verified.Good good -> known(good.session(), settings);
      case Verified.Bad bad -> throw refused(bad);
    };
  }

  private static Identity known(Session session, RestSettings settings) {
    if (!session.role().isEmpty()) {
      return new Identity(session, false);
    }
    if (settings.anonRole().isEmpty()) {
      throw Failures.anonymous();
    }
    var asAnonymous = new Session(settings.anonRole(), session.claimsJson(), session.claims());
    return new Identity(asAnonymous, false);
  }

  private static RestFailure refused(Verified.Bad bad) {
    var code =
        switch (bad.why()) {
          case MALFORMED, SIGNATURE, ALGORITHM -> "PGRST301";
          case EXPIRED, NOT_YET, CLAIMS -> "PGRST303";
        };
    return Failures.token(code, bad.message());
  }
}
