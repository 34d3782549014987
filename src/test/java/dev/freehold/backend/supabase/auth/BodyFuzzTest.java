package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.auth.AuthSettings.Accounts;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Whatever stands in a body or a query, the server is not at fault.
class BodyFuzzTest {
  private static final int REQUESTS = 4_000;
  private static final long SEED = 4_711;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> FIELDS =
      List.of(
          "email",
          "phone",
          "password",
          "data",
          "type",
          "token",
          "token_hash",
          "refresh_token",
          "auth_code",
          "code_verifier",
          "code_challenge",
          "code_challenge_method",
          "channel",
          "create_user",
          "nonce",
          "current_password",
          "app_metadata",
          "user_metadata",
          "role",
          "aud",
          "id",
          "password_hash",
          "ban_duration",
          "email_confirm",
          "phone_confirm",
          "factor_type",
          "friendly_name",
          "issuer",
          "challenge_id",
          "code",
          "new_email",
          "redirect_to",
          "should_soft_delete",
          "gotrue_meta_security",
          "credential",
          "webauthn",
          "redirect_uris",
          "grant_types",
          "client_name",
          "client_uri",
          "client_type",
          "token_endpoint_auth_method");
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "a@example.com",
          "A@EXAMPLE.COM",
          "b@example.com",
          "+491511",
          "491512",
          "0",
          "secret1",
          "secret2",
          "totp",
          "phone",
          "webauthn",
          "signup",
          "recovery",
          "magiclink",
          "invite",
          "email",
          "email_change",
          "sms",
          "phone_change",
          "email_change_current",
          "email_change_new",
          "s256",
          "plain",
          "x".repeat(43),
          "x".repeat(5_000),
          "none",
          "24h",
          "9999999h",
          "-1h",
          "\u0000",
          "\ud83d\ude00",
          "' or 1=1 --",
          "%00",
          "[]",
          "{}",
          "null",
          "00000000-0000-0000-0000-000000000000",
          "7c9e6679-7425-40de-944b-e07fc1f90ae7",
          "https://shop.example.com/x",
          "javascript:alert(1)",
          "\\",
          "$2a$10$",
          "123456");

  private final Random random = new Random(SEED);

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private String body() {
    if (random.nextInt(20) == 0) {
      return List.of("", "[]", "null", "7", "{", "\"x\"", "{\"email\":").get(random.nextInt(7));
    }
    ObjectNode body = JSON.createObjectNode();
    for (int i = random.nextInt(7); i >= 0; i--) {
      var field = FIELDS.get(random.nextInt(FIELDS.size()));
      switch (random.nextInt(10)) {
        case 0 -> body.put(field, random.nextInt());
        case 1 -> body.put(field, random.nextBoolean());
        case 2 -> body.putNull(field);
        case 3 -> body.putArray(field).add(text());
        case 4 -> body.putObject(field).put(text(), text()).putNull("gone");
        default -> body.put(field, text());
      }
    }
    return body.toString();
  }

  @Test
  void noBodyIsTheServersFault() {
    try (var auth =
        new AuthFixture(s ->
            s.withAccounts(new Accounts(false, true, true, true))
                .withPhone(PhoneRules.DEFAULT.withEnabled(true, true))
                .withFactors(FactorRules.DEFAULT.withPhone(FactorRules.Kind.ON))
                .withOAuthServer(new OAuthServerRules(true, true))
                .withWebAuthn(s.webAuthn().withPasskeys(true).withFactors(FactorRules.Kind.ON)))) {
      var token = auth.signUp("a@example.com", "secret1").text("/access_token");
      var enrolled = auth.post("/factors", "{\"factor_type\":\"totp\"}", AuthFixture.bearer(token));
      var factor = "/factors/" + enrolled.text("/id");
      var paths =
          List.of(
              "POST /signup",
              "POST /token?grant_type=password",
              "POST /token?grant_type=refresh_token",
              "POST /token?grant_type=pkce",
              "POST /token?grant_type=",
              "POST /recover",
              "POST /otp",
              "POST /magiclink",
              "POST /resend",
              "POST /verify",
              "PUT /user",
              "POST /factors",
              "POST " + factor + "/challenge",
              "POST " + factor + "/verify",
              "POST /invite",
              "POST /admin/generate_link",
              "POST /admin/users",
              "GET /admin/users?page=-1",
              "GET /admin/audit?query=author:%25",
              "GET /verify?type=signup&token=x",
              "GET /verify?type=email&token=pkce_x&redirect_to=%20",
              "PUT /admin/users/USER",
              "PUT /admin/users/USER/factors/FACTOR",
              "POST /passkeys/registration/options",
              "POST /passkeys/registration/verify",
              "POST /passkeys/authentication/options",
              "POST /passkeys/authentication/verify",
              "PATCH /passkeys/USER",
              "DELETE /passkeys/x",
              "GET /admin/users/USER/passkeys",
              "POST /admin/oauth/clients",
              "PUT /admin/oauth/clients/USER",
              "POST /oauth/clients/register",
              "POST /logout?scope=x");
      for (int i = 0; i < REQUESTS; i++) {
        if (i % 100 == 0) {
          auth.clock.advance(Duration.ofMinutes(5));
          var in = auth.signIn("a@example.com", "secret1");
          token = in.status() == 200 ? in.text("/access_token") : token;
        }
        var parts = paths.get(random.nextInt(paths.size())).split(" ", 2);
        var path =
            parts[1].replace("USER", enrolled.text("/id")).replace("FACTOR", enrolled.text("/id"));
        var body = body();
        boolean isAdmin = path.startsWith("/admin") || path.equals("/invite");
        var answer =
            auth.send(parts[0], path, body, isAdmin ? auth.admin() : AuthFixture.bearer(token));
        assertThat(answer.status())
            .as(parts[0] + " " + path + " " + body + " -> " + answer.body() + auth.events)
            .isLessThan(500);
      }
    }
  }
}
