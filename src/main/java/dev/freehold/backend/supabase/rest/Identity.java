package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.Session;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import dev.freehold.http.Request;

/// Under which role and claims a request runs.
///
/// @param anonymous it came without a token
record Identity(Session session, boolean anonymous) {
  private static final String SCHEME = "Bearer";

  /// What comes by another scheme than `Bearer` comes without a token.
  ///
  /// @throws RestFailure PGRST300 to PGRST303
  static Identity of(Request request, TokenVerifier verifier, RestSettings settings) {
    var header = request.header("Authorization").orElse("");
    int end = 0;
    while (end < header.length() && !Character.isWhitespace(header.charAt(end))) {
      end++;
    }
    if (!header.substring(0, end).equalsIgnoreCase(SCHEME)) {
      if (settings.anonRole().isEmpty()) {
        throw Failures.anonymous();
      }
      return new Identity(Session.anonymous(settings.anonRole()), true);
    }
    return switch (verifier.verify(header.substring(end).strip())) {
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
    return switch (bad.why()) {
      case NO_KEYS -> Failures.noKeys(bad.message());
      case MALFORMED, SIGNATURE, ALGORITHM ->
          Failures.token("PGRST301", bad.message())
              .details(bad.detail().isEmpty() ? null : bad.detail());
      case EXPIRED, NOT_YET, CLAIMS -> Failures.token("PGRST303", bad.message());
    };
  }
}
