package dev.freehold.target.thishost;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings;
import dev.freehold.backend.supabase.mail.SmtpSettings;
import dev.freehold.postgres.Database;
import dev.freehold.secret.MasterKey;
import dev.freehold.secret.Secrets;
import dev.freehold.target.SignInCheck.Finding;
import dev.freehold.target.SignInKey;
import dev.freehold.target.SignInKey.State;
import dev.freehold.target.SignInUse;
import dev.freehold.testing.ControlState;
import dev.freehold.testing.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the doctor finds that a deployed app cannot show in a test: age, and a database that is
/// gone.
class SignInDoctorTest {
  private static final Instant NOW = Instant.parse("2026-11-21T03:00:00Z");
  private static final Database DATABASE = TestPostgres.create();
  private static final String ADDRESS = "https://shop.example.com";

  private final ControlState state = new ControlState();
  private final AuthRecord record =
      new AuthRecord(
          state.shop,
          new Secrets(state.store, MasterKey.at(state.folder.resolve("master.key")), state.clock));

  @AfterEach
  void close() {
    state.close();
  }

  @Test
  void anAppThatAsksForNothingIsFine() {
    assertThat(findings(List.of(), List.of(key(State.SIGNS, 364), key(State.IMPORTED, 89))))
        .isEmpty();
    assertThat(findings(List.of(ProviderSettings.of("google", "a", "s")), List.of())).isEmpty();
  }

  @Test
  void oldKeysAreNamed() {
    var found =
        findings(
            List.of(),
            List.of(
                key(State.SIGNS, 366),
                key(State.SIGNS_API_KEYS, 4000),
                key(State.EARLIER, 4000),
                key(State.IMPORTED, 91)));
    assertThat(found)
        .extracting(Finding::code)
        .containsExactlyInAnyOrder("key-old", "key-imported");
    assertThat(found)
        .extracting(Finding::hint)
        .anyMatch(hint -> hint.contains("freehold auth keys rotate shop"))
        .anyMatch(hint -> hint.contains("freehold auth keys revoke shop k"));
  }

  @Test
  void applesReadySecretRunsOut() throws JOSEException {
    assertThat(codes(apple(Duration.ofDays(31)))).isEmpty();
    assertThat(codes(apple(Duration.ofDays(29)))).containsExactly("provider-secret-expires");
    assertThat(codes(apple(Duration.ZERO))).containsExactly("provider-secret-expired");
  }

  @Test
  void aProviderThatIsOffOrHalfSetIsNamed() {
    var off =
        new ProviderSettings(
            "google",
            false,
            List.of("a"),
            "s",
            "",
            "",
            List.of(),
            ProviderSettings.AppleKey.NONE,
            ProviderSettings.Rules.STRICT);
    assertThat(codes(off)).containsExactly("provider-off");
    assertThat(codes(ProviderSettings.of("google", "", "s"))).containsExactly("provider-invalid");
    assertThat(codes(ProviderSettings.of("google", "a", "")))
        .containsExactly("provider-secret-missing");
    var house = ProviderSettings.of("custom:house", "a", "").withUrl("https://id.example.com");
    assertThat(codes(house)).isEmpty();
  }

  @Test
  void mailsThatNobodyGetsBlockWhereTheyAreNeeded() {
    live(Map.of(), new SignInUse(List.of(), List.of("signInWithOtp")));
    assertThat(findings(List.of(), List.of()))
        .singleElement()
        .matches(found -> found.code().equals("mail-stays-here"))
        .matches(found -> found.severity().name().equals("WARNS"));
    record.keepConfirmations(true);
    assertThat(findings(List.of(), List.of()))
        .singleElement()
        .matches(found -> found.severity().name().equals("BLOCKS"));
    record.keepSmtp(
        new SmtpSettings(
            "smtp.example.com",
            587,
            SmtpSettings.security("", "smtp.example.com", 587),
            "",
            "",
            "",
            "a@example.com"));
    assertThat(findings(List.of(), List.of())).isEmpty();
  }

  @Test
  void anUnknownHookAndOneWithoutASecretAreNamed() {
    live(
        Map.of(
            "hook",
            Map.of(
                "on_full_moon",
                Map.of("enabled", true),
                "send_sms",
                Map.of("enabled", true, "uri", "https://hooks.example.com/sms"),
                "send_email",
                Map.of("enabled", false, "uri", "nonsense"))),
        SignInUse.NONE);
    assertThat(findings(List.of(), List.of()))
        .extracting(found -> found.code() + " " + found.subject())
        .containsExactlyInAnyOrder("hook-invalid hook on_full_moon", "hook-invalid hook send_sms");
  }

  @Test
  void aDatabaseThatIsGoneBlocksEverybody() {
    var nowhere = new Database("127.0.0.1", 1, "postgres", "nobody", "");
    var found =
        new SignInDoctor("shop", ADDRESS, record, List.of(), List.of(), NOW).findings(nowhere);
    assertThat(found).extracting(Finding::code).containsExactly("database-unreachable");
  }

  private void live(Map<String, Object> section, SignInUse use) {
    record.prepare("digest", section, use);
    record.adopt("digest");
  }

  private List<String> codes(ProviderSettings set) {
    return findings(List.of(set), List.of()).stream().map(Finding::code).toList();
  }

  private List<Finding> findings(List<ProviderSettings> providers, List<SignInKey> keys) {
    return new SignInDoctor("shop", ADDRESS, record, providers, keys, NOW).findings(DATABASE);
  }

  private static SignInKey key(State state, long days) {
    return new SignInKey(
        "k", "ES256", state, Optional.of(NOW.minus(Duration.ofDays(days))), Optional.empty(), true);
  }

  private static ProviderSettings apple(Duration left) throws JOSEException {
    var jwt =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.ES256),
            new JWTClaimsSet.Builder().expirationTime(Date.from(NOW.plus(left))).build());
    jwt.sign(new ECDSASigner(new ECKeyGenerator(Curve.P_256).generate()));
    return ProviderSettings.of("apple", "com.example.shop", jwt.serialize());
  }
}
