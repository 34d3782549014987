package dev.freehold.backend.supabase.auth.provider;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// OpenID Connect issuers: their discovery documents and keys, and the tokens they sign. Both are
/// kept for a while; an unknown key is looked for once more, not more often than every ten seconds.
final class Issuers {
  private static final Duration KEPT = Duration.ofHours(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);
  private static final Duration NOT_BEFORE_SKEW = Duration.ofMinutes(5);
  private static final int MAX_ISSUERS = 256;
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.Ed25519,
          JWSAlgorithm.EdDSA);

  private final HttpCalls calls;
  private final Clock clock;
  private final Cache<String, JsonNode> documents =
      Caffeine.newBuilder().maximumSize(MAX_ISSUERS).expireAfterWrite(KEPT).build();
  private final Cache<String, Keys> keys =
      Caffeine.newBuilder().maximumSize(MAX_ISSUERS).expireAfterWrite(KEPT).build();

  private record Keys(JWKSet set, Instant seen) {}

  Issuers(HttpCalls calls, Clock clock) {
    this.calls = calls;
    this.clock = clock;
  }

  /// The issuer's own description (OpenID Connect Discovery 1.0).
  JsonNode discover(String issuer) {
    var known = documents.getIfPresent(issuer);
    if (known != null) {
      return known;
    }
    var document = calls.get(issuer + "/.well-known/openid-configuration", Map.of());
    var told = Claims.text(document, "issuer");
    // Microsoft's shared tenants name a template, and Apple's two names share one description.
    boolean isShared = told.contains("{tenantid}") || told.equals(IdTokenProfiles.APPLE);
    if (!told.equals(issuer) && !isShared) {
      throw new ProviderFailure("the issuer " + issuer + " calls itself " + told);
    }
    documents.put(issuer, document);
    return document;
  }

  /// Address of a page that the issuer's description names.
  String page(String issuer, String name) {
    var page = Claims.text(discover(issuer), name);
    if (page.isEmpty()) {
      throw new ProviderFailure("the issuer " + issuer + " names no " + name);
    }
    return page;
  }

  /// The claims of a token of this issuer, verified but for audience and nonce.
  ///
  /// @throws ProviderFailure when the signature, the issuer or the times do not hold
  JsonNode verified(String issuer, String token) {
    try {
      var jwt = SignedJWT.parse(token);
      if (!ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
        throw new ProviderFailure("ID token signed with " + jwt.getHeader().getAlgorithm());
      }
      if (!isSigned(issuer, jwt)) {
        throw new ProviderFailure("ID token not signed by " + issuer);
      }
      var claims = JsonMapper.shared().readTree(jwt.getPayload().toString());
      check(issuer, claims);
      return claims;
    } catch (ParseException | JOSEException e) {
      throw new ProviderFailure("ID token cannot be read", e);
    }
  }

  private void check(String issuer, JsonNode claims) {
    if (!Claims.text(claims, "iss").equals(issuer)) {
      throw new ProviderFailure("ID token issued by another than " + issuer);
    }
    var now = clock.instant();
    if (!claims.path("exp").isNumber()
        || !now.isBefore(Instant.ofEpochSecond(claims.path("exp").asLong()))) {
      throw new ProviderFailure("ID token is expired");
    }
    if (claims.path("nbf").isNumber()
        && now.plus(NOT_BEFORE_SKEW).isBefore(Instant.ofEpochSecond(claims.path("nbf").asLong()))) {
      throw new ProviderFailure("ID token is not valid yet");
    }
  }

  private boolean isSigned(String issuer, SignedJWT jwt) throws JOSEException {
    var known = keys(issuer, false);
    if (isSignedBy(known.set(), jwt)) {
      return true;
    }
    return clock.instant().isAfter(known.seen().plus(BETWEEN_LOOKS))
        && isSignedBy(keys(issuer, true).set(), jwt);
  }

  private static boolean isSignedBy(JWKSet set, SignedJWT jwt) throws JOSEException {
    var header = jwt.getHeader();
    var selector =
        new JWSVerificationKeySelector<SecurityContext>(
            header.getAlgorithm(), new ImmutableJWKSet<>(set));
    try {
      for (var key : selector.selectJWSKeys(header, null)) {
        if (jwt.verify(new DefaultJWSVerifierFactory().createJWSVerifier(header, key))) {
          return true;
        }
      }
      return false;
    } catch (KeySourceException e) {
      throw new ProviderFailure("the issuer's keys cannot be used", e);
    }
  }

  private Keys keys(String issuer, boolean isFresh) {
    var known = keys.getIfPresent(issuer);
    if (known != null && !isFresh) {
      return known;
    }
    var document = calls.get(page(issuer, "jwks_uri"), Map.of());
    try {
      var read = new Keys(JWKSet.parse(document.toString()), clock.instant());
      keys.put(issuer, read);
      return read;
    } catch (ParseException e) {
      throw new ProviderFailure("the keys of " + issuer + " cannot be read", e);
    }
  }
}
