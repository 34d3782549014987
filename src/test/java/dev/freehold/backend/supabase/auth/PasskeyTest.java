package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Keys that authenticators keep: as passkeys, and as second factors.
class PasskeyTest {
  private static final String HOST = "shop.example.com";
  private static final String ORIGIN = "https://shop.example.com";
  private static final JsonMapper JSON = JsonMapper.shared();

  private static AuthFixture fixture() {
    return new AuthFixture(
        s -> s.withWebAuthn(s.webAuthn().withPasskeys(true).withFactors(FactorRules.Kind.ON)));
  }

  private static String body(AuthFixture.Answer options, JsonNode credential) {
    return JSON.writeValueAsString(
        JSON.createObjectNode()
            .put("challenge_id", options.text("/challenge_id"))
            .set("credential", credential));
  }

  private static AuthFixture.Answer register(AuthFixture auth, SoftKey key, String token) {
    var bearer = AuthFixture.bearer(token);
    var options = auth.post("/passkeys/registration/options", "{}", bearer);
    assertThat(options.status()).isEqualTo(200);
    return auth.post(
        "/passkeys/registration/verify",
        body(options, key.create(options.json().at("/options"))),
        bearer);
  }

  private static AuthFixture.Answer signIn(AuthFixture auth, SoftKey key) {
    var options = auth.post("/passkeys/authentication/options", "{}");
    return auth.post(
        "/passkeys/authentication/verify", body(options, key.get(options.json().at("/options"))));
  }

  private static void refused(AuthFixture.Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.text("/error_code")).isEqualTo(code);
  }

  @Test
  void aPasskeySignsItsUserIn() {
    try (var auth = fixture()) {
      var up = auth.signUp("p@example.com", "secret1");
      var key = new SoftKey(HOST, ORIGIN);
      var made = register(auth, key, up.text("/access_token"));
      assertThat(made.status()).as(made.body()).isEqualTo(200);
      assertThat(made.text("/friendly_name")).isEqualTo("Passkey");

      var in = signIn(auth, key);
      assertThat(in.status()).as(in.body()).isEqualTo(200);
      assertThat(in.text("/user/id")).isEqualTo(up.text("/user/id"));
      assertThat(auth.value("select sign_count from auth.webauthn_credentials")).isEqualTo("1");
      assertThat(
              auth.value(
                  "select count(*) from auth.mfa_amr_claims where"
                      + " authentication_method = 'passkey'"))
          .isEqualTo("1");
      assertThat(auth.value("select count(*) from auth.webauthn_challenges")).isEqualTo("0");

      // A copy of the key that lags behind is found out.
      key.count = 0;
      refused(signIn(auth, key), 400, "webauthn_verification_failed");
    }
  }

  @Test
  void whatProvesNothingIsRefused() {
    try (var auth = fixture()) {
      var token = auth.signUp("p@example.com", "secret1").text("/access_token");
      refused(
          register(auth, new SoftKey("evil.example.com", ORIGIN), token),
          400,
          "webauthn_verification_failed");
      refused(
          register(auth, new SoftKey(HOST, "https://evil.example.com"), token),
          400,
          "webauthn_verification_failed");
      var key = new SoftKey(HOST, ORIGIN);
      assertThat(register(auth, key, token).status()).isEqualTo(200);
      refused(register(auth, key, token), 422, "webauthn_credential_exists");

      var options = auth.post("/passkeys/authentication/options", "{}");
      var other = auth.post("/passkeys/authentication/options", "{}");
      var answer = key.get(options.json().at("/options"));
      refused(
          auth.post("/passkeys/authentication/verify", body(other, answer)),
          400,
          "webauthn_verification_failed");
      var verify = "/passkeys/authentication/verify";
      assertThat(auth.post(verify, body(options, answer)).status()).isEqualTo(200);
      refused(auth.post(verify, body(options, answer)), 400, "webauthn_challenge_not_found");

      var late = auth.post("/passkeys/authentication/options", "{}");
      auth.clock.advance(Duration.ofMinutes(6));
      refused(
          auth.post(verify, body(late, key.get(late.json().at("/options")))),
          400,
          "webauthn_challenge_expired");
      for (var nonsense : new String[] {"{}", "[]", "7", "\"x\"", "{\"id\":\"AA\"}"}) {
        var again = auth.post("/passkeys/authentication/options", "{}");
        refused(
            auth.post(verify, body(again, JSON.readTree(nonsense))),
            400,
            "webauthn_verification_failed");
      }
      auth.execute("update auth.users set banned_until = now() + interval '100 years'");
      refused(signIn(auth, key), 403, "user_banned");
    }
  }

  @Test
  void aSecurityKeyIsASecondFactor() {
    try (var auth = fixture()) {
      var token = auth.signUp("k@example.com", "secret1").text("/access_token");
      var bearer = AuthFixture.bearer(token);
      var factor =
          auth.post("/factors", "{\"factor_type\":\"webauthn\",\"friendly_name\":\"key\"}", bearer);
      assertThat(factor.status()).as(factor.body()).isEqualTo(200);
      var at = "/factors/" + factor.text("/id");
      var key = new SoftKey(HOST, ORIGIN);

      var make = auth.post(at + "/challenge", "{}", bearer);
      assertThat(make.text("/webauthn/type")).isEqualTo("create");
      var made =
          auth.post(
              at + "/verify",
              proof(make, key.create(make.json().at("/webauthn/credential_options/publicKey"))),
              bearer);
      assertThat(made.status()).as(made.body()).isEqualTo(200);
      assertThat(auth.value("select status from auth.mfa_factors")).isEqualTo("verified");

      var later = auth.signIn("k@example.com", "secret1");
      var low = AuthFixture.bearer(later.text("/access_token"));
      var use = auth.post(at + "/challenge", "{}", low);
      assertThat(use.text("/webauthn/type")).isEqualTo("request");
      var options = use.json().at("/webauthn/credential_options/publicKey");
      var stranger = new SoftKey(HOST, ORIGIN);
      refused(
          auth.post(at + "/verify", proof(use, stranger.get(options)), low),
          422,
          "mfa_verification_failed");
      var used = auth.post(at + "/verify", proof(use, key.get(options)), low);
      assertThat(used.status()).as(used.body()).isEqualTo(200);
      assertThat(auth.value("select aal from auth.sessions where aal = 'aal2' limit 1"))
          .isEqualTo("aal2");
      assertThat(
              auth.value(
                  "select web_authn_credential #>> '{authenticator,signCount}' from"
                      + " auth.mfa_factors"))
          .isEqualTo("1");
    }
  }

  private static String proof(AuthFixture.Answer challenge, JsonNode credential) {
    var webauthn = JSON.createObjectNode().put("type", challenge.text("/webauthn/type"));
    webauthn.set("credential_response", credential);
    return JSON.writeValueAsString(
        JSON.createObjectNode()
            .put("challenge_id", challenge.text("/id"))
            .set("webauthn", webauthn));
  }
}
