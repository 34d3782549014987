package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.auth.AuthFixture.Answer;
import dev.freehold.backend.supabase.auth.AuthSettings.Accounts;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Signing in by phone number.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PhoneFlowTest {
  private AuthFixture auth;

  @BeforeAll
  void open() {
    auth =
        new AuthFixture(s ->
            s.withPhone(PhoneRules.DEFAULT.withEnabled(true, false))
                .withAccounts(new Accounts(false, true, true, false)));
  }

  @AfterAll
  void close() {
    auth.close();
  }

  private void refused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.text("/error_code")).isEqualTo(code);
  }

  private Answer verify(String type, String phone, String code) {
    return auth.post(
        "/verify",
        "{\"type\":\"%s\",\"phone\":\"%s\",\"token\":\"%s\"}".formatted(type, phone, code));
  }

  @Test
  void aNumberIsConfirmedByACode() {
    var up = auth.post("/signup", "{\"phone\":\"+49 1511\",\"password\":\"secret1\"}");
    assertThat(up.status()).isEqualTo(200);
    assertThat(up.text("/phone")).isEqualTo("491511");
    assertThat(up.text("/app_metadata/provider")).isEqualTo("phone");
    var login = "{\"phone\":\"+491511\",\"password\":\"secret1\"}";
    refused(auth.post("/token?grant_type=password", login), 400, "phone_not_confirmed");
    refused(
        auth.post("/resend", "{\"type\":\"sms\",\"phone\":\"491511\"}"),
        429,
        "over_sms_send_rate_limit");
    refused(verify("sms", "491511", "000"), 403, "otp_expired");

    var in = verify("sms", "+491511", auth.texts.getFirst().code());
    assertThat(in.status()).isEqualTo(200);
    assertThat(in.text("/user/phone_confirmed_at")).isNotEmpty();
    assertThat(auth.post("/token?grant_type=password", login).status()).isEqualTo(200);

    var again = auth.post("/signup", "{\"phone\":\"491511\",\"password\":\"secret1\"}");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().path("identities")).isEmpty();
    assertThat(again.text("/id")).isNotEqualTo(up.text("/id"));
  }

  @Test
  void aCodeSignsInAndRegisters() {
    refused(auth.post("/otp", "{\"phone\":\"491600\",\"create_user\":false}"), 422, "otp_disabled");
    refused(
        auth.post("/otp", "{\"phone\":\"491600\",\"channel\":\"carrier pigeon\"}"),
        400,
        "validation_failed");
    refused(auth.post("/otp", "{\"phone\":\"none\"}"), 400, "validation_failed");
    assertThat(auth.post("/otp", "{\"phone\":\"491600\"}").body()).isEqualTo("{}");
    assertThat(verify("sms", "491600", auth.texts.getFirst().code()).status()).isEqualTo(200);
    auth.clock.advance(Duration.ofSeconds(61));
    var second = auth.post("/otp", "{\"phone\":\"491600\"}");
    assertThat(second.text("/message_id")).isEqualTo("message-" + auth.texts.size());
    var code = auth.texts.getFirst().code();
    auth.clock.advance(Duration.ofSeconds(61));
    refused(verify("sms", "491600", code), 403, "otp_expired");
    refused(auth.post("/verify", "{\"type\":\"sms\",\"token\":\"1\"}"), 400, "validation_failed");
  }

  @Test
  void aNumberIsChangedAndAnAnonymousUserStays() {
    var anonymous = auth.post("/signup", "{}");
    var bearer = AuthFixture.bearer(anonymous.text("/access_token"));
    refused(auth.post("/factors", "{}", bearer), 403, "no_authorization");
    refused(
        auth.send("PUT", "/user", "{\"password\":\"secret1\"}", bearer), 422, "validation_failed");
    refused(auth.get("/reauthenticate", bearer), 400, "validation_failed");
    var asked = auth.send("PUT", "/user", "{\"phone\":\"+491700\"}", bearer);
    assertThat(asked.text("/new_phone")).isEqualTo("491700");
    auth.clock.advance(Duration.ofSeconds(61));
    var in = verify("phone_change", "491700", auth.texts.getFirst().code());
    refused(in, 403, "otp_expired");
    auth.send("PUT", "/user", "{\"phone\":\"+491700\"}", bearer);
    in = verify("phone_change", "491700", auth.texts.getFirst().code());
    assertThat(in.status()).as(in.body()).isEqualTo(200);
    assertThat(in.text("/user/id")).isEqualTo(anonymous.text("/user/id"));
    assertThat(in.json().at("/user/is_anonymous").asBoolean(true)).isFalse();
    assertThat(in.text("/user/identities/0/provider")).isEqualTo("phone");

    auth.clock.advance(Duration.ofMinutes(1));
    var mine = AuthFixture.bearer(in.text("/access_token"));
    assertThat(auth.get("/reauthenticate", mine).text("/message_id")).isNotEmpty();
    assertThat(auth.texts.getFirst().action()).isEqualTo("reauthentication");
    var other = auth.post("/signup", "{}").text("/access_token");
    refused(
        auth.send("PUT", "/user", "{\"phone\":\"491700\"}", AuthFixture.bearer(other)),
        422,
        "phone_exists");
  }

  @Test
  void withoutTheProviderNothingIsSent() {
    try (var off = AuthFixture.withDefaults()) {
      var phone = "{\"phone\":\"491800\",\"password\":\"secret1\",\"type\":\"sms\"}";
      refused(off.post("/otp", phone), 400, "phone_provider_disabled");
      refused(off.post("/resend", phone), 400, "phone_provider_disabled");
      refused(off.post("/token?grant_type=password", phone), 422, "phone_provider_disabled");
      assertThat(off.texts).isEmpty();
    }
  }
}
