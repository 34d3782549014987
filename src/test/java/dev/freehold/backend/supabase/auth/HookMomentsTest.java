package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.auth.hook.Hook;
import dev.freehold.backend.supabase.auth.hook.HookName;
import dev.freehold.backend.supabase.auth.hook.HookSettings;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// When hooks hear of phones and second factors, and which notices are mailed. The hooks are
/// functions of the database that write down what they were asked.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HookMomentsTest {
  private static final String FUNCTIONS =
      """
      create table public.heard (n int generated always as identity, name text, asked jsonb);
      grant all on public.heard to supabase_auth_admin;
      create function public.hear(event jsonb) returns jsonb language plpgsql as $$
      begin
        insert into public.heard (name, asked) values (event #>> '{metadata,name}', event);
        return case when event #>> '{user,phone}' = '49666'
          then '{"error": {"http_code": 403, "message": "not this number"}}'::jsonb
          else '{}'::jsonb end;
      end $$;
      create function public.judge(event jsonb) returns jsonb language sql as $$
        select case when event ->> 'valid' = 'false'
          then '{"decision": "reject", "message": "one try is all you get"}'::jsonb
          else '{"decision": "continue"}'::jsonb end
      $$;
      """;

  private AuthFixture auth;

  @BeforeAll
  void open() {
    var hooks = new EnumMap<HookName, Hook>(HookName.class);
    for (var name :
        List.of(HookName.SEND_SMS, HookName.BEFORE_USER_CREATED, HookName.AFTER_USER_CREATED)) {
      hooks.put(name, Hook.parse("pg-functions://postgres/public/hear", ""));
    }
    hooks.put(
        HookName.MFA_VERIFICATION_ATTEMPT, Hook.parse("pg-functions://postgres/public/judge", ""));
    auth =
        new AuthFixture(
            s ->
                s.withPhone(PhoneRules.DEFAULT.withEnabled(true, false))
                    .withFactors(FactorRules.DEFAULT.withPhone(FactorRules.Kind.ON)),
            ExternalSettings.NONE,
            new HookSettings(hooks),
            Set.of("mfa_factor_enrolled", "mfa_factor_unenrolled"),
            Optional.empty());
    auth.execute(FUNCTIONS);
  }

  @AfterAll
  void close() {
    auth.close();
  }

  private JsonNode heard(String name, String phone) {
    return JsonMapper.shared()
        .readTree(
            auth.value(
                ("select asked from public.heard where name = '%s'"
                        + " and coalesce(asked #>> '{sms,phone}', asked #>> '{user,phone}') = '%s'"
                        + " order by n desc limit 1")
                    .formatted(name, phone)));
  }

  @Test
  void theAppSendsItsMessagesByAnyChannel() {
    var up =
        auth.post(
            "/signup", "{\"phone\":\"49151\",\"password\":\"secret1\",\"channel\":\"whatsapp\"}");

    assertThat(up.status()).as(up.body()).isEqualTo(200);
    assertThat(auth.texts).isEmpty();
    assertThat(heard("before-user-created", "49151").at("/user/app_metadata/provider").asString())
        .isEqualTo("phone");
    assertThat(heard("after-user-created", "49151").at("/user/id").asString())
        .isEqualTo(up.text("/id"));
    var sms = heard("send-sms", "49151");
    assertThat(sms.at("/sms/sms_type").asString()).isEqualTo("confirmation");
    var in =
        auth.post(
            "/verify",
            "{\"type\":\"sms\",\"phone\":\"49151\",\"token\":\"%s\"}"
                .formatted(sms.at("/sms/otp").asString()));
    assertThat(in.status()).as(in.body()).isEqualTo(200);
  }

  @Test
  void aNumberThatTheAppRefusesIsNobody() {
    var up = auth.post("/signup", "{\"phone\":\"49666\",\"password\":\"secret1\"}");

    assertThat(up.status()).isEqualTo(403);
    assertThat(up.text("/msg")).isEqualTo("not this number");
    assertThat(auth.value("select count(*) from auth.users where phone = '49666'")).isEqualTo("0");
  }

  @Test
  void aWrongCodeEndsEverySessionWhereTheAppSaysSoAndFactorsAreToldByMail() {
    var token = auth.signUp("careful@example.com", "secret1").text("/access_token");
    var enrolled = auth.post("/factors", "{\"factor_type\":\"totp\"}", AuthFixture.bearer(token));
    var secret = enrolled.text("/totp/secret");
    var proven = prove(token, enrolled.text("/id"), Totp.code(secret, auth.clock.instant()));
    assertThat(proven.status()).as(proven.body()).isEqualTo(200);
    assertThat(auth.mailbox.mails())
        .extracting(AuthMail::action)
        .containsExactly("mfa_factor_enrolled_notification");
    assertThat(auth.mailbox.mails().getFirst().variables()).containsEntry("FactorType", "totp");

    var wrong = prove(token, enrolled.text("/id"), "000000");

    assertThat(wrong.status()).isEqualTo(403);
    assertThat(wrong.text("/error_code")).isEqualTo("mfa_verification_rejected");
    assertThat(wrong.text("/msg")).isEqualTo("one try is all you get");
    assertThat(auth.value("select count(*) from auth.sessions")).isEqualTo("0");
  }

  private AuthFixture.Answer prove(String token, String factor, String code) {
    var bearer = AuthFixture.bearer(token);
    var challenge = auth.post("/factors/" + factor + "/challenge", "{}", bearer);
    return auth.post(
        "/factors/" + factor + "/verify",
        "{\"challenge_id\":\"" + challenge.text("/id") + "\",\"code\":\"" + code + "\"}",
        bearer);
  }
}
