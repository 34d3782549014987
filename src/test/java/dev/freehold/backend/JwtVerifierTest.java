package dev.freehold.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.freehold.backend.Verified.Bad;
import dev.freehold.backend.Verified.Good;
import dev.freehold.backend.Verified.Why;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the verifier lets pass, and every way round it that was tried.
class JwtVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final long SECOND = NOW.getEpochSecond();
  private static final String SECRET = "super-secret-jwt-token-with-at-least-32-characters-long";

  private final JwtKeys keys = JwtKeys.withLegacySecret(SECRET);
  private final TokenVerifier verifier = keys.verifier(CLOCK);

  @Test
  void ownTokensOfBothKindsPass() {
    var fresh = verifier.verify(keys.sign(Map.of("role", "authenticated", "exp", SECOND + 60)));
    assertThat(fresh).isInstanceOf(Good.class);
    assertThat(((Good) fresh).session().role()).isEqualTo("authenticated");
    var legacy = verifier.verify(ApiKeys.generate(keys, CLOCK).anon());
    assertThat(((Good) legacy).session().claims()).containsEntry("iss", "supabase");
  }

  @Test
  void aTokenThatAnEarlierHostSignedWithTheSecretPasses() throws JOSEException {
    var header = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("hosted-key-id").build();
    assertThat(verifier.verify(hmac(header, SECRET, "{\"role\":\"anon\"}")))
        .isInstanceOf(Good.class);
  }

  @Test
  void aTokenWithoutRoleIsAnonymousAndSaysSo() {
    var verified = (Good) verifier.verify(keys.sign(Map.of("sub", "1")));
    assertThat(verified.session().role()).isEqualTo("anon");
    assertThat(verified.session().claimsJson()).contains("\"role\":\"anon\"");
  }

  @Test
  void timesHaveHalfAMinuteOfTolerance() {
    assertThat(verify(Map.of("exp", SECOND - 30))).isInstanceOf(Good.class);
    assertRefused(verify(Map.of("exp", SECOND - 31)), Why.EXPIRED, "JWT expired");
    assertThat(verify(Map.of("nbf", SECOND + 30))).isInstanceOf(Good.class);
    assertRefused(verify(Map.of("nbf", SECOND + 31)), Why.NOT_YET, "JWT not yet valid");
    assertRefused(verify(Map.of("iat", SECOND + 31)), Why.NOT_YET, "JWT issued at future");
    assertRefused(
        verify(Map.of("exp", "soon")), Why.CLAIMS, "The JWT 'exp' claim must be a number");
    assertRefused(
        verify(Map.of("aud", 7)),
        Why.CLAIMS,
        "The JWT 'aud' claim must be a string or an array of strings");
  }

  @Test
  void aRememberedTokenExpiresAllTheSame() {
    var clock = new Instant[] {NOW};
    var moving =
        keys.verifier(
            Clock.tick(
                new Clock() {
                  @Override
                  public ZoneOffset getZone() {
                    return ZoneOffset.UTC;
                  }

                  @Override
                  public Clock withZone(java.time.ZoneId zone) {
                    return this;
                  }

                  @Override
                  public Instant instant() {
                    return clock[0];
                  }
                },
                java.time.Duration.ofSeconds(1)));
    var token = keys.sign(Map.of("role", "anon", "exp", SECOND + 10));
    assertThat(moving.verify(token)).isInstanceOf(Good.class);
    clock[0] = NOW.plusSeconds(41);
    assertRefused(moving.verify(token), Why.EXPIRED, "JWT expired");
  }

  @Test
  void unsignedTokensAreRefused() {
    var payload = encode("{\"role\":\"service_role\"}");
    for (var alg : new String[] {"none", "None", "NONE", "nOnE"}) {
      for (var signature : new String[] {"", "AAAA"}) {
        var verified =
            verifier.verify(encode("{\"alg\":\"" + alg + "\"}") + "." + payload + "." + signature);
        assertThat(verified).as(alg).isInstanceOf(Bad.class);
      }
    }
    assertRefused(
        verifier.verify(encode("{\"alg\":\"none\"}") + "." + payload + "."),
        Why.ALGORITHM,
        "Wrong or unsupported encoding algorithm");
  }

  @Test
  void thePublicKeyIsNoHmacSecret() throws Exception {
    var jwk = JWKSet.parse(keys.publicJwks()).getKeys().getFirst().toECKey();
    var secrets = new ArrayList<String>();
    secrets.add(keys.publicJwks());
    secrets.add(jwk.toJSONString());
    secrets.add(Base64.getEncoder().encodeToString(jwk.toECPublicKey().getEncoded()));
    for (var secret : secrets) {
      for (var kid : new String[] {jwk.getKeyID(), "other"}) {
        var header = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(kid).build();
        assertRefused(
            verifier.verify(hmac(header, secret, "{\"role\":\"service_role\"}")),
            Why.SIGNATURE,
            "No suitable key or wrong key type");
      }
    }
  }

  @Test
  void strangersKeysAndChangedTokensAreRefused() {
    var stranger = JwtKeys.generate().sign(Map.of("role", "service_role"));
    assertRefused(verifier.verify(stranger), Why.SIGNATURE, "No suitable key or wrong key type");
    var own = keys.sign(Map.of("role", "anon")).split("\\.");
    var raised = encode("{\"role\":\"service_role\"}");
    assertRefused(
        verifier.verify(own[0] + "." + raised + "." + own[2]),
        Why.SIGNATURE,
        "No suitable key or wrong key type");
    var header = encode("{\"alg\":\"ES256\",\"kid\":\"nobody\"}");
    assertThat(verifier.verify(header + "." + own[1] + "." + own[2])).isInstanceOf(Bad.class);
    var zero = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
    assertThat(verifier.verify(own[0] + "." + raised + "." + zero))
        .as("a signature of zeros")
        .isInstanceOf(Bad.class);
  }

  @Test
  void onlyTheThreeAlgorithmsAreKnown() throws JOSEException {
    var header = new JWSHeader(JWSAlgorithm.HS512);
    var longer = "a-secret-of-sixty-four-characters-so-that-hs512-would-be-happy!!";
    assertRefused(
        verifier.verify(hmac(header, longer, "{}")),
        Why.ALGORITHM,
        "Wrong or unsupported encoding algorithm");
  }

  @Test
  void rubbishIsRefusedAndNeverThrows() {
    assertRefused(verifier.verify("a.b"), Why.MALFORMED, "Expected 3 parts in JWT; got 2");
    assertRefused(verifier.verify("abc"), Why.MALFORMED, "Expected 3 parts in JWT; got 1");
    assertRefused(verifier.verify(""), Why.MALFORMED, "Empty JWT is sent in Authorization header");
    assertRefused(verifier.verify("a.b.c"), Why.MALFORMED, "JWT couldn't be decoded");
    assertRefused(
        verifier.verify("x".repeat(100_000) + ".b.c"), Why.MALFORMED, "JWT couldn't be decoded");
    assertThat(verifier.verify("\0.\uD800.💥")).isInstanceOf(Bad.class);
    assertThat(verifier.verify(encode("[]") + ".e30.AA")).isInstanceOf(Bad.class);
    assertThat(verifier.verify(encode("{\"alg\":\"HS256\",\"alg\":\"none\"}") + ".e30.AA"))
        .isInstanceOf(Bad.class);
  }

  @Test
  void anImportedRsaKeyVerifiesByItsName() throws Exception {
    RSAKey rsa = new RSAKeyGenerator(2048).keyID("old-rsa").generate();
    var all = new ArrayList<>(JWKSet.parse(keys.exportJwks()).getKeys());
    all.add(rsa.toPublicJWK());
    var imported = JwtKeys.importJwks(new JWKSet(all).toString(false));
    var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("old-rsa").build();
    var token = new JWSObject(header, new Payload("{\"role\":\"anon\"}"));
    token.sign(new RSASSASigner(rsa));

    assertThat(imported.verifier(CLOCK).verify(token.serialize())).isInstanceOf(Good.class);
    assertRefused(
        verifier.verify(token.serialize()), Why.SIGNATURE, "No suitable key or wrong key type");
  }

  @Test
  void keysSurviveTheSecretStoreAndARotation() {
    var before = EnvironmentKeys.withLegacySecret(SECRET, CLOCK);
    var after = EnvironmentKeys.fromJson(before.toJson());
    var token = before.jwt().sign(Map.of("role", "anon"));
    assertThat(after.jwt().verifier(CLOCK).verify(token)).isInstanceOf(Good.class);
    assertThat(after.api()).isEqualTo(before.api());
    assertThat(after.jwt().legacySecret()).isEqualTo(SECRET);

    var rotated = after.jwt().rotated(NOW, Duration.ofHours(1));
    assertThat(rotated.verifier(CLOCK).verify(token)).isInstanceOf(Good.class);
    assertThat(JwtKeys.importJwks(rotated.exportJwks()).verifier(CLOCK).verify(token))
        .isInstanceOf(Good.class);
    assertThat(before.toString() + before.jwt() + before.api())
        .doesNotContain(SECRET)
        .doesNotContain("sb_");
    assertThat(before.jwt().publicJwks()).doesNotContain("\"d\"").doesNotContain("oct");
  }

  @Test
  void damagedKeysAreAProblemThatQuotesNothing() {
    assertThatThrownBy(() -> EnvironmentKeys.fromJson("{\"secret\":\"s3cr3t\""))
        .hasMessageContaining("environment-keys-invalid")
        .hasMessageNotContaining("s3cr3t");
    assertThatThrownBy(() -> JwtKeys.withLegacySecret("short"))
        .hasMessageContaining("shorter than 32");
  }

  private Verified verify(Map<String, Object> claims) {
    var all = new java.util.HashMap<>(claims);
    all.put("role", "anon");
    return verifier.verify(keys.sign(all));
  }

  private static String hmac(JWSHeader header, String secret, String payload) throws JOSEException {
    var token = new JWSObject(header, new Payload(payload));
    token.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
    return token.serialize();
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(Verified verified, Why why, String message) {
    assertThat(verified).isEqualTo(new Bad(why, message));
  }
}
