package dev.freehold.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.freehold.backend.KeyFacts.State;
import dev.freehold.backend.Verified.Bad;
import dev.freehold.backend.Verified.Good;
import dev.freehold.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Keys that are rotated, revoked, and brought along from an earlier host.
class EnvironmentKeysTest {
  private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String EARLIER_SECRET =
      "an-earlier-host-signed-with-this-for-years-and-years";

  private final EnvironmentKeys keys = EnvironmentKeys.generate(at(NOW));

  @Test
  void aRotationLeavesTokensAndApiKeysValidUntilTheyExpire() throws ParseException {
    var token = keys.jwt().sign(user());

    var rotated = stored(keys.rotated(NOW, HOUR, false));

    assertThat(rotated.jwt().verifier(at(NOW)).verify(token)).isInstanceOf(Good.class);
    assertThat(rotated.jwt().verifier(at(NOW)).verify(rotated.jwt().sign(user())))
        .isInstanceOf(Good.class);
    assertThat(rotated.api().secret()).isEqualTo(keys.api().secret());
    assertThat(rotated.jwt().verifier(at(NOW)).verify(keys.api().serviceRole()))
        .isInstanceOf(Good.class);
    assertThat(published(rotated)).hasSize(2).containsAll(published(keys));
    assertThat(rotated.facts(NOW))
        .extracting(KeyFacts::state)
        .containsExactly(State.SIGNS, State.SIGNS_API_KEYS, State.EARLIER);
    assertThat(rotated.facts(NOW).getFirst().since()).contains(NOW);
    assertThat(rotated.facts(NOW).getLast().until()).contains(NOW.plus(HOUR).plusSeconds(30));
  }

  @Test
  void aKeyOfWhichNoTokenCanBeValidIsGone() throws ParseException {
    var eternal = keys.jwt().sign(Map.of("role", "authenticated"));
    var rotated = stored(keys.rotated(NOW, HOUR, false));
    var later = NOW.plus(HOUR).plusSeconds(31);

    assertThat(rotated.jwt().verifier(at(later)).verify(eternal)).isInstanceOf(Bad.class);
    assertThat(published(rotated.jwt().at(later))).hasSize(1);
    assertThat(rotated.facts(later)).hasSize(2);
    assertThat(stored(rotated.rotated(later, HOUR, false)).facts(later)).hasSize(3);
  }

  @Test
  void rotatingAtOnceRefusesTokensOfEveryEarlierKey() {
    var oldest = keys.jwt().sign(user());
    var once = keys.rotated(NOW, HOUR, false);
    var older = once.jwt().sign(user());

    var now = stored(once.rotated(NOW, HOUR, true));

    assertThat(now.jwt().verifier(at(NOW)).verify(oldest)).isInstanceOf(Bad.class);
    assertThat(now.jwt().verifier(at(NOW)).verify(older)).isInstanceOf(Bad.class);
    assertThat(now.jwt().verifier(at(NOW)).verify(now.api().anon())).isInstanceOf(Good.class);
  }

  @Test
  void rotationsWithoutEndKeepABoundedNumberOfKeys() {
    var rotated = keys.importing(EARLIER_SECRET, false, NOW);
    for (int i = 0; i < 40; i++) {
      rotated = stored(rotated.rotated(NOW, HOUR, false));
    }
    assertThat(rotated.facts(NOW)).hasSize(2 + JwtKeys.MAX_EARLIER + 1);
    assertThat(rotated.facts(NOW)).extracting(KeyFacts::state).contains(State.IMPORTED);
  }

  @Test
  void anImportedSecretLetsUsersAndVisitorsInAndNoAdministrator() throws JOSEException {
    var imported = stored(keys.importing(EARLIER_SECRET + "\n", false, NOW));
    var verifier = imported.jwt().verifier(at(NOW));
    var anon = hmac("{\"role\":\"anon\",\"iss\":\"supabase\"}");
    var admin = hmac("{\"role\":\"service_role\",\"iss\":\"supabase\"}");
    var user = hmac("{\"role\":\"authenticated\",\"sub\":\"1\"}");

    assertThat(verifier.verify(user)).isInstanceOf(Good.class);
    assertThat(verifier.verify(anon)).isInstanceOf(Good.class);
    for (var role : List.of("service_role", "supabase_admin", "postgres", "supabase_auth_admin")) {
      assertThat(verifier.verify(hmac("{\"role\":\"" + role + "\"}")))
          .as(role)
          .isInstanceOf(Bad.class);
    }
    assertThat(imported.api().kindOf(anon)).contains(ApiKeys.Kind.ANON);
    assertThat(imported.api().kindOf(admin)).isEmpty();
    assertThat(imported.api().kindOf(user)).isEmpty();
    assertThat(imported.api().kindOf(keys.jwt().sign(Map.of("role", "anon")))).isEmpty();
    assertThat(keys.api().kindOf(anon)).isEmpty();

    var everyRole = stored(imported.importing(EARLIER_SECRET, true, NOW));
    assertThat(everyRole.facts(NOW)).hasSize(3);
    assertThat(everyRole.api().kindOf(admin)).contains(ApiKeys.Kind.SERVICE_ROLE);
    assertThat(everyRole.jwt().verifier(at(NOW)).verify(admin)).isInstanceOf(Good.class);

    var revoked = stored(everyRole.without(everyRole.facts(NOW).getLast().id()).orElseThrow());
    assertThat(revoked.api().kindOf(anon)).isEmpty();
    assertThat(revoked.jwt().verifier(at(NOW)).verify(user)).isInstanceOf(Bad.class);
    assertThat(revoked.without(revoked.facts(NOW).getFirst().id())).isEmpty();
  }

  @Test
  void aPrivateKeyIsImportedWithoutItsPrivatePart() throws JOSEException {
    var theirs = ec("hosted-1");
    var imported = stored(keys.importing(theirs.toJSONString(), false, NOW));
    var token = signed(theirs, "{\"role\":\"authenticated\"}");

    assertThat(imported.jwt().verifier(at(NOW)).verify(token)).isInstanceOf(Good.class);
    assertThat(imported.toJson()).doesNotContain(theirs.getD().toString());
    assertThat(imported.facts(NOW).getLast().id()).isEqualTo("hosted-1");
    var again = imported.importing(theirs.toPublicJWK().toJSONString(), false, NOW);
    assertThat(again.facts(NOW)).hasSize(3);
    var impostor = ec("hosted-1");
    assertThatThrownBy(() -> imported.importing(impostor.toJSONString(), false, NOW))
        .hasMessageContaining("another key has the id hosted-1");
  }

  @Test
  void aSetOfEveryKindIsImported() throws JOSEException, ParseException {
    var ec = ec("hosted-ec");
    var rsa = new RSAKeyGenerator(2048).keyID("hosted-rsa").generate();
    var oct = new OctetSequenceKey.Builder(bytes(EARLIER_SECRET)).keyID("hosted-oct").build();
    var set = new JWKSet(List.of(ec, rsa, oct));

    var imported = stored(keys.importing(set.toString(false), false, NOW));

    assertThat(imported.facts(NOW))
        .extracting(KeyFacts::id)
        .contains("hosted-ec", "hosted-rsa", "hosted-oct");
    assertThat(imported.jwt().verifier(at(NOW)).verify(hmac("{\"role\":\"anon\"}")))
        .isInstanceOf(Good.class);
    assertThat(imported.jwt().publicJwks()).doesNotContain("\"k\"").doesNotContain("hosted-oct");
    assertThat(imported.jwt().publicJwks()).doesNotContain("fh_").doesNotContain("\"d\"");
    assertThat(published(imported)).contains("hosted-ec", "hosted-rsa");
    var array = "[" + ec("one").toJSONString() + "," + ec("two").toJSONString() + "]";
    assertThat(keys.importing(array, false, NOW).facts(NOW)).hasSize(4);
  }

  @Test
  void whatVerifiesNothingIsRefusedWithAHintAndNotQuoted() throws JOSEException {
    var all = new ArrayList<String>();
    all.add("");
    all.add("  \n");
    all.add("only-thirty-one-bytes-are-short");
    all.add("s3cr3t-".repeat(200));
    all.add("s3cr3t-with-a-line-break-that-is-long\nenough-otherwise-for-a-secret");
    all.add(keys.api().anon());
    all.add(keys.api().secret());
    all.add("-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----");
    all.add("{\"keys\":[]}");
    all.add("{\"keys\":[{\"kty\":\"oct\",\"k\":\"s3cr3t\",\"kid\":\"a\"}]}");
    all.add("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"s3cr3t\",\"y\":\"s3cr3t\",\"kid\":\"a\"}");
    all.add("[1,2");
    all.add("[\"s3cr3t\"]");
    all.add("{\"kid\":\"s3cr3t\"}");
    all.add(new ECKeyGenerator(Curve.P_384).keyID("a").generate().toJSONString());
    all.add(new ECKeyGenerator(Curve.P_256).generate().toPublicJWK().toJSONString());
    all.add(ec("\u001b[31mred").toJSONString());
    all.add(" ".repeat(10) + "{" + " ".repeat(ImportedKeys.MAX_CHARS) + "}");
    for (var given : all) {
      assertThatThrownBy(() -> keys.importing(given, false, NOW))
          .as(given)
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> {
                assertThat(e.problem().code()).isEqualTo("auth-key-invalid");
                assertThat(e.problem().hint()).isPresent();
                assertThat(e.problem().toString()).doesNotContain("s3cr3t");
                assertThat(e.getCause()).isNull();
              });
    }
  }

  @Test
  void moreImportedKeysThanAnybodyNeedsAreRefused() throws JOSEException {
    var many = keys;
    for (int i = 0; i < JwtKeys.MAX_IMPORTED; i++) {
      many = stored(many.importing(ec("k" + i).toJSONString(), false, NOW));
    }
    var full = many;
    var further = ec("further").toJSONString();
    assertThatThrownBy(() -> full.importing(further, false, NOW))
        .hasMessageContaining("more than " + JwtKeys.MAX_IMPORTED);
  }

  @Test
  void keysKeptByAnEarlierVersionAreReadAndAreAsOldAsTheirAnonKey() {
    var kept = keys.toJson();
    assertThat(kept).doesNotContain("fh_");
    var read = EnvironmentKeys.fromJson(kept);
    assertThat(read.facts(NOW).getFirst().since()).contains(NOW);
    assertThat(read.toJson()).isEqualTo(kept);
  }

  @Test
  void nothingSecretShowsInWords() {
    var imported = keys.importing(EARLIER_SECRET, true, NOW);
    assertThat(imported + "" + imported.jwt() + imported.api() + imported.facts(NOW))
        .doesNotContain(EARLIER_SECRET)
        .doesNotContain(keys.jwt().legacySecret())
        .doesNotContain("sb_");
  }

  private static Clock at(Instant instant) {
    return Clock.fixed(instant, ZoneOffset.UTC);
  }

  /// As the secret store gives them back, the way the server uses them.
  private static EnvironmentKeys stored(EnvironmentKeys keys) {
    return EnvironmentKeys.fromJson(keys.toJson()).recognisingImported(at(NOW));
  }

  private static Map<String, Object> user() {
    return Map.of("role", "authenticated", "exp", NOW.plus(HOUR).getEpochSecond());
  }

  private static List<String> published(EnvironmentKeys keys) throws ParseException {
    return published(keys.jwt());
  }

  private static List<String> published(JwtKeys keys) throws ParseException {
    return JWKSet.parse(keys.publicJwks()).getKeys().stream().map(key -> key.getKeyID()).toList();
  }

  private static ECKey ec(String id) throws JOSEException {
    return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
  }

  private static String signed(ECKey key, String payload) throws JOSEException {
    var header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build();
    var token = new JWSObject(header, new Payload(payload));
    token.sign(new ECDSASigner(key));
    return token.serialize();
  }

  private static String hmac(String payload) throws JOSEException {
    var token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(payload));
    token.sign(new MACSigner(bytes(EARLIER_SECRET)));
    return token.serialize();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
