package dev.freehold.backend.supabase.rest.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.freehold.backend.Verified;
import dev.freehold.backend.Verified.Why;
import dev.freehold.backend.supabase.rest.config.RoleClaimPath;
import dev.freehold.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/// Which tokens a standalone server takes, and its words for the others.
final class TokenRulesTest {
  private static final long NOW = 1_800_000_000;
  private static final String SECRET = "a secret of more than thirty-two characters";
  private static final String NO_KEY = "No suitable key or wrong key type";
  private static final String NOT_SUITABLE = "No suitable key was found to decode the JWT";
  private static final String NONE_ABLE = "None of the keys was able to decode the JWT";
  private static final String HS256 = "{\"alg\":\"HS256\"}";

  private static ConfiguredVerifier verifier(String secret) {
    return verifier(secret, "", ".role", "web", 10);
  }

  private static ConfiguredVerifier verifier(
      String secret, String audience, String path, String anonRole, long cached) {
    return new ConfiguredVerifier(
        Optional.of(TokenKeys.of(secret.getBytes(StandardCharsets.UTF_8))),
        audience,
        RoleClaimPath.parse(path).orElseThrow(),
        anonRole,
        cached,
        Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String unsigned(String header, String claims) {
    return encoded(header.getBytes(StandardCharsets.UTF_8))
        + "."
        + encoded(claims.getBytes(StandardCharsets.UTF_8));
  }

  private static String hmac(String engine, String secret, String header, String claims)
      throws Exception {
    var mac = Mac.getInstance(engine);
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), engine));
    var text = unsigned(header, claims);
    return text + "." + encoded(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String token(String claims) throws Exception {
    return hmac("HmacSHA256", SECRET, HS256, claims);
  }

  private static String signed(String engine, PrivateKey key, String header, String claims)
      throws Exception {
    var signature = Signature.getInstance(engine);
    signature.initSign(key);
    var text = unsigned(header, claims);
    signature.update(text.getBytes(StandardCharsets.US_ASCII));
    return text + "." + encoded(signature.sign());
  }

  private static void refused(Verified verified, Why why, String message, String detail) {
    assertThat(verified).isEqualTo(new Verified.Bad(why, message, detail));
  }

  private static void refused(Verified verified, Why why, String message) {
    refused(verified, why, message, "");
  }

  private static String role(Verified verified) {
    assertThat(verified).isInstanceOf(Verified.Good.class);
    return ((Verified.Good) verified).session().role();
  }

  @Test
  void aTextServesHs256Alone() throws Exception {
    var verifier = verifier(SECRET);
    assertThat(role(verifier.verify(token("{\"role\":\"a\"}")))).isEqualTo("a");
    refused(
        verifier.verify(hmac("HmacSHA384", SECRET, "{\"alg\":\"HS384\"}", "{}")),
        Why.SIGNATURE,
        NO_KEY,
        NOT_SUITABLE);
    refused(
        verifier.verify(hmac("HmacSHA256", SECRET, "{\"alg\":\"HS256\",\"kid\":\"1\"}", "{}")),
        Why.SIGNATURE,
        NO_KEY,
        NOT_SUITABLE);
    refused(
        verifier.verify(hmac("HmacSHA256", "another", HS256, "{}")),
        Why.SIGNATURE,
        NO_KEY,
        NONE_ABLE);
  }

  @Test
  void whatIsNoTokenIsRefused() throws Exception {
    var verifier = verifier(SECRET);
    refused(verifier.verify(""), Why.MALFORMED, "Empty JWT is sent in Authorization header");
    refused(verifier.verify("a.b"), Why.MALFORMED, "Expected 3 parts in JWT; got 2");
    refused(verifier.verify("a.b.c.d.e"), Why.MALFORMED, "Expected 3 parts in JWT; got 5");
    var unreadable = "JWT cryptographic operation failed";
    refused(verifier.verify("a.b.c"), Why.MALFORMED, unreadable);
    refused(verifier.verify("*.*.*"), Why.MALFORMED, unreadable);
    refused(
        verifier.verify(unsigned("{\"alg\":\"PS256\"}", "{}") + ".x"), Why.MALFORMED, unreadable);
    refused(
        verifier.verify(unsigned("{\"alg\":\"none\"}", "{\"role\":\"a\"}") + "."),
        Why.ALGORITHM,
        "Wrong or unsupported encoding algorithm",
        "JWT is unsecured but expected 'alg' was not 'none'");
    refused(verifier.verify(token("[1]")), Why.CLAIMS, "Parsing claims failed");
  }

  @Test
  void withoutAKeyEveryTokenIsRefused() throws Exception {
    var verifier =
        new ConfiguredVerifier(
            Optional.empty(),
            "",
            RoleClaimPath.parse(".role").orElseThrow(),
            "web",
            0,
            Clock.systemUTC());
    refused(verifier.verify(token("{}")), Why.NO_KEYS, "Server lacks JWT secret");
  }

  @Test
  void timesHaveThirtySecondsOfTolerance() throws Exception {
    var verifier = verifier(SECRET);
    role(verifier.verify(token("{\"exp\":" + (NOW - 30) + "}")));
    refused(verifier.verify(token("{\"exp\":" + (NOW - 31) + "}")), Why.EXPIRED, "JWT expired");
    role(verifier.verify(token("{\"nbf\":" + (NOW + 30) + ",\"iat\":" + (NOW + 30) + "}")));
    refused(
        verifier.verify(token("{\"nbf\":" + (NOW + 31) + "}")), Why.NOT_YET, "JWT not yet valid");
    refused(
        verifier.verify(token("{\"iat\":" + (NOW + 31) + "}")),
        Why.NOT_YET,
        "JWT issued at future");
    refused(
        verifier.verify(token("{\"exp\":\"soon\"}")),
        Why.CLAIMS,
        "The JWT 'exp' claim must be a number");
    refused(verifier.verify(token("{\"exp\":1800000100.5}")), Why.EXPIRED, "JWT expired");
    role(verifier.verify(token("{\"exp\":null}")));
  }

  @Test
  void theAudienceHasToBeOurs() throws Exception {
    var any = verifier(SECRET);
    role(any.verify(token("{\"aud\":\"x\"}")));
    role(any.verify(token("{\"aud\":[]}")));
    var wrong = "The JWT 'aud' claim must be a string or an array of strings";
    refused(any.verify(token("{\"aud\":1}")), Why.CLAIMS, wrong);
    refused(any.verify(token("{\"aud\":[\"x\",1]}")), Why.CLAIMS, wrong);
    var ours = verifier(SECRET, "ours", ".role", "web", 10);
    for (var good :
        List.of("{}", "{\"aud\":\"ours\"}", "{\"aud\":[\"x\",\"ours\"]}", "{\"aud\":[]}")) {
      role(ours.verify(token(good)));
    }
    for (var bad : List.of("{\"aud\":\"x\"}", "{\"aud\":[\"x\"]}", "{\"aud\":\"\"}")) {
      refused(ours.verify(token(bad)), Why.CLAIMS, "JWT not in audience");
    }
  }

  @Test
  void theRoleStandsWhereTheSettingsSay() throws Exception {
    assertThat(role(verifier(SECRET).verify(token("{\"sub\":\"x\"}")))).isEqualTo("web");
    assertThat(role(verifier(SECRET, "", ".role", "", 0).verify(token("{}")))).isEmpty();
    var deep = verifier(SECRET, "", ".app.roles[?(@ ^== \"shop_\")]", "web", 0);
    var good = deep.verify(token("{\"z\":1.50,\"app\":{\"roles\":[\"x\",\"shop_a\"]}}"));
    assertThat(role(good)).isEqualTo("shop_a");
    assertThat(((Verified.Good) good).session().claimsJson())
        .isEqualTo("{\"app\":{\"roles\":[\"x\",\"shop_a\"]},\"role\":\"shop_a\",\"z\":1.50}");
    assertThat(role(verifier(SECRET).verify(token("{\"role\":7}")))).isEqualTo("7");
  }

  @Test
  void rememberedTokensAreCheckedForTheirTimesAgain() throws Exception {
    var verifier = verifier(SECRET);
    var token = token("{\"role\":\"a\"}");
    role(verifier.verify(token));
    role(verifier.verify(token));
    assertThat(verifier.remembered().hitCount()).isEqualTo(1);
    assertThat(verifier(SECRET, "", ".role", "", 0).remembered().requestCount()).isZero();
  }

  @Test
  void keysOfEveryKindVerifyTheirOwnAlgorithms() throws Exception {
    var rsa = pair("RSA", "");
    var ec = pair("EC", "secp256r1");
    var edwards = pair("Ed25519", "");
    var jwks =
        "{\"keys\":["
            + String.join(
                ",",
                new RSAKey.Builder((RSAPublicKey) rsa.getPublic())
                    .keyID("r")
                    .build()
                    .toJSONString(),
                new ECKey.Builder(Curve.P_256, (ECPublicKey) ec.getPublic()).build().toJSONString(),
                edwards(edwards).toJSONString(),
                "{\"kty\":\"oct\",\"k\":\""
                    + encoded(SECRET.getBytes(StandardCharsets.UTF_8))
                    + "\"}",
                "{\"kty\":\"oct\",\"use\":\"enc\",\"kid\":\"e\",\"k\":\"AAAA\"}")
            + "]}";
    var verifier = verifier(jwks);
    var claims = "{\"role\":\"a\"}";
    for (int bits : List.of(256, 384, 512)) {
      role(
          verifier.verify(
              signed(
                  "SHA" + bits + "withRSA",
                  rsa.getPrivate(),
                  "{\"alg\":\"RS" + bits + "\",\"kid\":\"r\"}",
                  claims)));
      role(verifier.verify(hmac("HmacSHA" + bits, SECRET, "{\"alg\":\"HS" + bits + "\"}", claims)));
    }
    var elliptic =
        signed("SHA256withECDSAinP1363Format", ec.getPrivate(), "{\"alg\":\"ES256\"}", claims);
    role(verifier.verify(elliptic));
    role(verifier.verify(signed("Ed25519", edwards.getPrivate(), "{\"alg\":\"EdDSA\"}", claims)));
    refused(
        verifier.verify(
            signed("SHA256withRSA", rsa.getPrivate(), "{\"alg\":\"RS256\",\"kid\":\"x\"}", claims)),
        Why.SIGNATURE,
        NO_KEY,
        NOT_SUITABLE);
    refused(
        verifier.verify(elliptic.substring(0, elliptic.length() - 4) + "AAAA"),
        Why.SIGNATURE,
        NO_KEY,
        NONE_ABLE);
    refused(
        verifier.verify(hmac("HmacSHA256", "\0\0\0", "{\"alg\":\"HS256\",\"kid\":\"e\"}", claims)),
        Why.SIGNATURE,
        NO_KEY,
        NOT_SUITABLE);
  }

  /// A public key is no HMAC secret, whatever a header says.
  @Test
  void oneKeyAloneIsASetOfOne() throws Exception {
    var rsa = pair("RSA", "");
    JWK key = new RSAKey.Builder((RSAPublicKey) rsa.getPublic()).build();
    var verifier = verifier(key.toJSONString());
    role(verifier.verify(signed("SHA256withRSA", rsa.getPrivate(), "{\"alg\":\"RS256\"}", "{}")));
    refused(
        verifier.verify(hmac("HmacSHA256", key.toJSONString(), HS256, "{}")),
        Why.SIGNATURE,
        NO_KEY,
        NOT_SUITABLE);
  }

  @Test
  void unusableSecretsAreRefusedAtOnce() {
    for (var secret :
        List.of("short", "{\"kty\":\"RSA\"}", "{\"keys\":[{\"kty\":\"what\"}]}", "{}")) {
      assertThatThrownBy(() -> TokenKeys.of(secret.getBytes(StandardCharsets.UTF_8)))
          .as(secret)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("JWT secret");
    }
  }

  private static KeyPair pair(String algorithm, String curve) throws Exception {
    var generator = KeyPairGenerator.getInstance(algorithm);
    if (!curve.isEmpty()) {
      generator.initialize(new ECGenParameterSpec(curve));
    }
    return generator.generateKeyPair();
  }

  private static OctetKeyPair edwards(KeyPair pair) {
    var encoded = ((EdECPublicKey) pair.getPublic()).getEncoded();
    var point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point)).build();
  }
}
