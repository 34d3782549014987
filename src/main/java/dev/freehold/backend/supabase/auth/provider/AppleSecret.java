package dev.freehold.backend.supabase.auth.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

/// Apple's client secret: a JWT (ES256) that the owner's private key signs. Where the owner gives
/// the key itself, a short-lived secret is made for every exchange, so that none ever runs out; a
/// ready JWT is used as it is, and runs out after at most six months.
final class AppleSecret {
  private static final Duration VALID = Duration.ofMinutes(5);
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private AppleSecret() {}

  static boolean isKey(String secret) {
    return secret.contains(BEGIN);
  }

  static String of(ProviderSettings settings, Instant now) {
    if (!isKey(settings.secret())) {
      return settings.secret();
    }
    try {
      var header =
          new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(settings.apple().keyId()).build();
      var claims =
          new JWTClaimsSet.Builder()
              .issuer(settings.apple().teamId())
              .subject(settings.clientIds().getFirst())
              .audience(IdTokenProfiles.APPLE)
              .issueTime(Date.from(now))
              .expirationTime(Date.from(now.plus(VALID)))
              .build();
      var jwt = new SignedJWT(header, claims);
      jwt.sign(new ECDSASigner(key(settings.secret()), Curve.P_256));
      return jwt.serialize();
    } catch (JOSEException | GeneralSecurityException | IllegalArgumentException e) {
      throw new ProviderFailure("Apple's private key cannot be used", e);
    }
  }

  private static ECPrivateKey key(String pem) throws GeneralSecurityException {
    int from = pem.indexOf(BEGIN) + BEGIN.length();
    int to = pem.indexOf(END);
    if (to < from) {
      throw new GeneralSecurityException("no end of the key");
    }
    var bytes = Base64.getMimeDecoder().decode(pem.substring(from, to));
    var key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(bytes));
    if (key instanceof ECPrivateKey ec) {
      return ec;
    }
    throw new GeneralSecurityException("no elliptic curve key");
  }
}
