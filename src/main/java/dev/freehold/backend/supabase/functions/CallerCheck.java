package dev.freehold.backend.supabase.functions;

import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// `verify_jwt`: lets a call pass that brings a token of this Environment's keys, anon and service
/// keys among them. A preflight brings none and always passes.
record CallerCheck(TokenVerifier verifier) {
  private static final Pattern BEARER =
      Pattern.compile("(?i:bearer)\\s+([\\w-]+\\.[\\w-]+\\.[\\w-]*)\\s*");
  private static final Pattern ALGORITHM = Pattern.compile("\"alg\"\\s*:\\s*\"(\\w{1,16})\"");

  /// The refusal, or nothing for a call that may pass.
  Optional<Response> refusal(Request head) {
    if (head.method().equals("OPTIONS")) {
      return Optional.empty();
    }
    var header = head.header("Authorization").orElse("");
    if (header.isBlank()) {
      return refuse("UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header");
    }
    var bearer = BEARER.matcher(header);
    if (!bearer.matches()) {
      return refuse("UNAUTHORIZED_INVALID_JWT_FORMAT", "Invalid JWT");
    }
    var token = bearer.group(1);
    return switch (verifier.verify(token)) {
      case Verified.Good _ -> Optional.empty();
      case Verified.Bad _ -> refuse(code(token), "Invalid JWT");
    };
  }

  private static String code(String token) {
    return switch (algorithm(token)) {
      case "HS256" -> "UNAUTHORIZED_LEGACY_JWT";
      case "ES256", "RS256" -> "UNAUTHORIZED_ASYMMETRIC_JWT";
      case "" -> "UNAUTHORIZED_INVALID_JWT_FORMAT";
      default -> "UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM";
    };
  }

  private static String algorithm(String token) {
    try {
      var head = Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.')));
      var found = ALGORITHM.matcher(new String(head, StandardCharsets.UTF_8));
      return found.find() ? found.group(1) : "";
    } catch (IllegalArgumentException e) {
      return ""; // It only looks like a token.
    }
  }

  private static Optional<Response> refuse(String code, String message) {
    return Optional.of(FunctionErrors.unauthorized(code, message));
  }
}
