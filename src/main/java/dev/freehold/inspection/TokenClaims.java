package dev.freehold.inspection;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// The claims of a JSON Web Token that stands in a file, read without checking its signature: it
/// only tells what the token is for. The token itself is not kept here.
///
/// @param role for example `anon` or `service_role`
/// @param ref the Supabase project it was made for; empty when it names none
record TokenClaims(String role, String ref) {
  /// The shape of a token whose header and claims are JSON objects.
  static final Pattern TOKEN =
      Pattern.compile("\\beyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{16,}");

  static Optional<TokenClaims> read(String token) {
    var parts = token.split("\\.");
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      var body = Base64.getUrlDecoder().decode(parts[1]);
      return Json.parse(new String(body, StandardCharsets.UTF_8))
          .map(json ->
              new TokenClaims(json.path("role").asString(""), json.path("ref").asString("")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  boolean isAnon() {
    return role.equals("anon");
  }

  boolean isService() {
    return role.equals("service_role");
  }
}
