package dev.freehold.backend.supabase.auth.provider;

import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import dev.freehold.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Rules of ID tokens (OpenID Connect Core 1.0 §3.1.3).
final class IdTokens {
  private IdTokens() {}

  /// Whom an unverified token names as its issuer.
  static String issuerOf(String token) {
    try {
      var issuer = JWTParser.parse(token).getJWTClaimsSet().getIssuer();
      return issuer == null ? "" : issuer;
    } catch (ParseException e) {
      throw new ProviderFailure("ID token cannot be read", e);
    }
  }

  static void checkAudience(JsonNode claims, List<String> accepted, String provider) {
    if (!isFor(claims, accepted)) {
      throw new ProviderFailure(provider + ": ID token is for somebody else");
    }
  }

  static boolean isFor(JsonNode claims, List<String> accepted) {
    return audience(claims).stream().anyMatch(aud -> !aud.isEmpty() && accepted.contains(aud));
  }

  static List<String> audience(JsonNode claims) {
    var aud = claims.path("aud");
    return aud.isArray()
        ? aud.valueStream().map(one -> one.asString("")).toList()
        : List.of(aud.asString(""));
  }

  /// An `at_hash` must be that of the access token.
  static void checkAccessToken(JsonNode claims, String idToken, String accessToken) {
    var expected = Claims.text(claims, "at_hash");
    if (expected.isEmpty() || accessToken.isEmpty()) {
      return;
    }
    try {
      var algorithm = SignedJWT.parse(idToken).getHeader().getAlgorithm().getName();
      var bits = algorithm.replaceAll("[^0-9]", "");
      var digest =
          MessageDigest.getInstance(bits.length() == 3 ? "SHA-" + bits : "SHA-512")
              .digest(accessToken.getBytes(StandardCharsets.US_ASCII));
      var half = Arrays.copyOf(digest, digest.length / 2);
      var hash = Base64.getUrlEncoder().withoutPadding().encodeToString(half);
      if (!MessageDigest.isEqual(
          hash.getBytes(StandardCharsets.US_ASCII), expected.getBytes(StandardCharsets.UTF_8))) {
        throw new ProviderFailure("the access token is not the ID token's");
      }
    } catch (ParseException | NoSuchAlgorithmException e) {
      throw new ProviderFailure("ID token cannot be read", e);
    }
  }

  /// Whether the token's nonce is the hash of the App's.
  static boolean isNonce(String claimed, String nonce) {
    return MessageDigest.isEqual(
        Digest.SHA_256.hex(nonce).getBytes(StandardCharsets.UTF_8),
        claimed.getBytes(StandardCharsets.UTF_8));
  }
}
