package dev.freehold.backend;

import java.util.Map;

/// Under which role and with which claims one request runs in the database.
///
/// @param role the database role to switch to, for example `anon` or `authenticated`
/// @param claimsJson the token's claims as one JSON object, as `request.jwt.claims` wants them
/// @param claims the same, parsed
public record Session(String role, String claimsJson, Map<String, Object> claims) {

  /// Who comes without a token.
  public static Session anonymous(String role) {
    return new Session(role, "{\"role\":\"" + role + "\"}", Map.of("role", role));
  }

  public String claim(String name) {
    return claims.get(name) instanceof String text ? text : "";
  }
}
