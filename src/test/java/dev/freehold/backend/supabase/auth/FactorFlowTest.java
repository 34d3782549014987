package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.auth.AuthFixture.Answer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.json.JsonMapper;

/// Second factors: enrolled, proved, refused, taken away.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FactorFlowTest {
  private AuthFixture auth;

  @BeforeAll
  void open() {
    auth = new AuthFixture(s -> s.withFactors(FactorRules.DEFAULT.withPhone(FactorRules.Kind.ON)));
  }

  @AfterAll
  void close() {
    auth.close();
  }

  private Answer enroll(String token, String name) {
    return auth.post(
        "/factors",
        "{\"factor_type\":\"totp\",\"friendly_name\":\"" + name + "\"}",
        AuthFixture.bearer(token));
  }

  private Answer prove(String token, String factor, String code) {
    var challenge = auth.post("/factors/" + factor + "/challenge", "{}", AuthFixture.bearer(token));
    assertThat(challenge.status()).as(challenge.body()).isEqualTo(200);
    return auth.post(
        "/factors/" + factor + "/verify",
        "{\"challenge_id\":\"" + challenge.text("/id") + "\",\"code\":\"" + code + "\"}",
        AuthFixture.bearer(token));
  }

  private String code(Answer enrolled) {
    return Totp.code(enrolled.text("/totp/secret"), auth.clock.instant());
  }

  private static String claims(String token) {
    return new String(
        Base64.getUrlDecoder().decode(token.split("\\.")[1]),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  private void refused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.text("/error_code")).isEqualTo(code);
  }

  @Test
  void aCodeRaisesTheSessionAndEndsTheOthers() {
    var first = auth.signUp("raise@example.com", "secret1").text("/access_token");
    var other = auth.signIn("raise@example.com", "secret1").text("/access_token");
    var enrolled = enroll(first, "phone app");

    assertThat(enrolled.status()).isEqualTo(200);
    assertThat(enrolled.text("/type")).isEqualTo("totp");
    assertThat(enrolled.text("/totp/qr_code")).contains("<svg").doesNotContain("#");
    assertThat(enrolled.text("/totp/uri"))
        .startsWith("otpauth://totp/shop.example.com:raise@example.com?algorithm=SHA1&digits=6");
    refused(prove(first, enrolled.text("/id"), "000000"), 422, "mfa_verification_failed");

    var raised = prove(first, enrolled.text("/id"), code(enrolled));
    assertThat(raised.status()).as(raised.body()).isEqualTo(200);
    var claims = JsonMapper.shared().readTree(claims(raised.text("/access_token")));
    assertThat(claims.path("aal").asString()).isEqualTo("aal2");
    assertThat(claims.path("amr").findValuesAsString("method"))
        .containsExactlyInAnyOrder("totp", "password");
    assertThat(raised.text("/user/factors/0/status")).isEqualTo("verified");
    refused(auth.get("/user", AuthFixture.bearer(other)), 403, "session_not_found");

    var refreshed = auth.refresh(raised.text("/refresh_token"));
    assertThat(claims(refreshed.text("/access_token"))).contains("\"aal\":\"aal2\"");
  }

  @Test
  void whoHasAFactorNeedsItForWhatMatters() {
    var token = auth.signUp("needs@example.com", "secret1").text("/access_token");
    var enrolled = enroll(token, "app");
    var id = enrolled.text("/id");
    var raised = prove(token, id, code(enrolled)).text("/access_token");
    var low = auth.signIn("needs@example.com", "secret1").text("/access_token");
    var bearer = AuthFixture.bearer(low);

    refused(
        auth.send("PUT", "/user", "{\"password\":\"secret2\"}", bearer), 401, "insufficient_aal");
    refused(
        auth.send("PUT", "/user", "{\"email\":\"n@example.com\"}", bearer),
        401,
        "insufficient_aal");
    refused(enroll(low, "second"), 403, "insufficient_aal");
    refused(auth.send("DELETE", "/factors/" + id, "", bearer), 422, "insufficient_aal");
    refused(enroll(raised, "app"), 422, "mfa_factor_name_conflict");
    assertThat(auth.send("PUT", "/user", "{\"data\":{\"a\":1}}", bearer).status()).isEqualTo(200);

    var gone = auth.send("DELETE", "/factors/" + id, "", AuthFixture.bearer(raised));
    assertThat(gone.text("/id")).isEqualTo(id);
    assertThat(
            auth.value(
                "select count(*) from auth.sessions where aal = 'aal2' and user_id = (select id"
                    + " from auth.users where email = 'needs@example.com')"))
        .isEqualTo("0");
    assertThat(auth.send("PUT", "/user", "{\"password\":\"secret2\"}", bearer).status())
        .isEqualTo(200);
  }

  @Test
  void refusalsHaveTheirCodes() {
    var token = auth.signUp("refuse@example.com", "secret1").text("/access_token");
    var bearer = AuthFixture.bearer(token);
    refused(auth.post("/factors", "{\"factor_type\":\"x\"}", bearer), 400, "validation_failed");
    refused(
        auth.post("/factors", "{\"factor_type\":\"webauthn\"}", bearer),
        422,
        "mfa_webauthn_enroll_not_enabled");
    refused(auth.post("/factors/x/challenge", "{}", bearer), 404, "validation_failed");
    var nobody = "/factors/" + java.util.UUID.randomUUID();
    refused(auth.post(nobody + "/challenge", "{}", bearer), 404, "mfa_factor_not_found");
    refused(auth.post("/factors", "{\"factor_type\":\"totp\"}"), 401, "no_authorization");
    var enrolled = enroll(token, "app");
    var path = "/factors/" + enrolled.text("/id");
    refused(auth.post(path + "/verify", "{}", bearer), 400, "validation_failed");
    refused(auth.post(path + "/verify", "{\"code\":\"1\"}", bearer), 422, "mfa_factor_not_found");

    var challenge = auth.post(path + "/challenge", "{}", bearer).text("/id");
    auth.clock.advance(Duration.ofMinutes(6));
    var late = "{\"challenge_id\":\"" + challenge + "\",\"code\":\"" + code(enrolled) + "\"}";
    refused(auth.post(path + "/verify", late, bearer), 422, "mfa_challenge_expired");
    for (int i = 0; i < FactorRules.DEFAULT.maxEnrolled(); i++) {
      assertThat(enroll(token, "app " + i).status()).isEqualTo(200);
    }
    refused(enroll(token, "one too many"), 422, "too_many_enrolled_mfa_factors");
  }

  @Test
  void aPhoneIsAFactorToo() {
    var token = auth.signUp("phone@example.com", "secret1").text("/access_token");
    var bearer = AuthFixture.bearer(token);
    var body = "{\"factor_type\":\"phone\",\"phone\":\"+4915112345\",\"friendly_name\":\"p\"}";
    var enrolled = auth.post("/factors", body, bearer);
    assertThat(enrolled.text("/phone")).isEqualTo("+4915112345");
    var path = "/factors/" + enrolled.text("/id");
    var challenge = auth.post(path + "/challenge", "{}", bearer);
    var text = auth.texts.getFirst();
    assertThat(List.of(text.action(), text.phone())).containsExactly("mfa", "4915112345");
    refused(auth.post(path + "/challenge", "{}", bearer), 429, "over_sms_send_rate_limit");
    var answer =
        auth.post(
            path + "/verify",
            "{\"challenge_id\":\"%s\",\"code\":\"%s\"}"
                .formatted(challenge.text("/id"), text.code()),
            bearer);
    assertThat(claims(answer.text("/access_token"))).contains("mfa/phone").contains("aal2");
  }

  @Test
  void administratorsSeeRenameAndRemove() {
    var signedUp = auth.signUp("admin-factors@example.com", "secret1");
    var enrolled = enroll(signedUp.text("/access_token"), "old");
    var path = "/admin/users/" + signedUp.text("/user/id") + "/factors";
    assertThat(auth.get(path, auth.admin()).text("/0/friendly_name")).isEqualTo("old");
    var one = path + "/" + enrolled.text("/id");
    var renamed = auth.send("PUT", one, "{\"friendly_name\":\"new\"}", auth.admin());
    assertThat(renamed.text("/friendly_name")).isEqualTo("new");
    assertThat(auth.send("DELETE", one, "", auth.admin()).status()).isEqualTo(200);
    refused(auth.send("DELETE", one, "", auth.admin()), 404, "mfa_factor_not_found");
    var audit = auth.get("/admin/audit?query=type:factor&per_page=2", auth.admin());
    assertThat(audit.json()).hasSize(2);
    assertThat(audit.text("/0/payload/log_type")).isEqualTo("factor");
    assertThat(audit.headers().first("X-Total-Count")).isPresent();
    refused(auth.get("/admin/audit?query=x", auth.admin()), 400, "validation_failed");
    refused(auth.get("/admin/audit"), 401, "no_authorization");
  }
}
