package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.auth.AuthSettings.Accounts;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Refusals, each in the old format and in that of 2024-01-01.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalTest {
  /// A request and the refusal it must get.
  private record Case(
      String method, String path, String body, int status, String code, String message) {}

  private static final List<Case> CASES =
      List.of(
          new Case(
              "POST",
              "/signup",
              "{\"email\":\"a@example.com\",\"password\":\"12345\"}",
              422,
              "weak_password",
              "Password should be at least 6 characters."),
          new Case(
              "POST",
              "/signup",
              "{\"email\":\"a@example.com\"}",
              400,
              "validation_failed",
              "Signup requires a valid password"),
          new Case(
              "POST",
              "/signup",
              "{\"email\":\"not an address\",\"password\":\"123456\"}",
              400,
              "validation_failed",
              "Unable to validate email address: invalid format"),
          new Case(
              "POST",
              "/signup",
              "{\"phone\":\"4915112345\",\"password\":\"123456\"}",
              400,
              "phone_provider_disabled",
              "Phone signups are disabled"),
          new Case(
              "POST",
              "/signup",
              "{}",
              422,
              "anonymous_provider_disabled",
              "Anonymous sign-ins are disabled"),
          new Case(
              "POST",
              "/signup",
              "{\"email\":",
              400,
              "bad_json",
              "Could not parse request body as JSON: invalid JSON"),
          new Case(
              "POST",
              "/signup",
              "{\"email\":7}",
              400,
              "bad_json",
              "Could not parse request body as JSON: email must be a string"),
          new Case(
              "POST",
              "/signup",
              "{\"email\":\"a@example.com\",\"password\":\"123456\",\"code_challenge\":\"x\"}",
              400,
              "validation_failed",
              "PKCE flow requires code_challenge_method and code_challenge"),
          new Case(
              "POST",
              "/token?grant_type=magic",
              "{}",
              400,
              "invalid_credentials",
              "unsupported_grant_type"),
          new Case(
              "POST",
              "/token?grant_type=password",
              "{}",
              400,
              "validation_failed",
              "missing email or phone"),
          new Case(
              "POST",
              "/token?grant_type=pkce",
              "{}",
              400,
              "validation_failed",
              "invalid request: both auth code and code verifier should be non-empty"),
          new Case(
              "POST",
              "/recover",
              "{}",
              400,
              "validation_failed",
              "Password recovery requires an email"),
          new Case(
              "POST",
              "/resend",
              "{\"type\":\"x\"}",
              400,
              "validation_failed",
              "Missing one of these types: signup, email_change, sms, phone_change"),
          new Case(
              "POST",
              "/verify",
              "{\"type\":\"signup\"}",
              400,
              "validation_failed",
              "Verify requires either a token or a token hash"),
          new Case(
              "GET",
              "/user",
              "",
              401,
              "no_authorization",
              "This endpoint requires a valid Bearer token"),
          new Case(
              "GET",
              "/authorize?provider=google",
              "",
              400,
              "validation_failed",
              "Unsupported provider: provider is not enabled"),
          new Case(
              "GET",
              "/user/identities/authorize?provider=google",
              "",
              401,
              "no_authorization",
              "This endpoint requires a valid Bearer token"));

  private AuthFixture auth;

  @BeforeAll
  void open() {
    auth = AuthFixture.withDefaults();
  }

  @AfterAll
  void close() {
    auth.close();
  }

  @Test
  void everyRefusalIsInTheFormatAskedFor() {
    for (var wanted : CASES) {
      var old = auth.send(wanted.method(), wanted.path(), wanted.body());
      assertThat(old.status()).as(wanted.path() + wanted.body()).isEqualTo(wanted.status());
      assertThat(old.json().path("code").asInt()).isEqualTo(wanted.status());
      assertThat(old.text("/error_code")).as(wanted.path()).isEqualTo(wanted.code());
      assertThat(old.text("/msg")).isEqualTo(wanted.message());
      assertThat(old.headers().first("x-sb-error-code")).contains(wanted.code());

      var recent =
          auth.send(
              wanted.method(),
              wanted.path(),
              wanted.body(),
              "X-Supabase-Api-Version",
              "2024-01-01");
      assertThat(recent.status()).isEqualTo(wanted.status());
      assertThat(recent.text("/code")).isEqualTo(wanted.code());
      assertThat(recent.text("/message")).isEqualTo(wanted.message());
      assertThat(recent.headers().first("X-Supabase-Api-Version")).contains("2024-01-01");
    }
  }

  @Test
  void aWeakPasswordSaysWhy() {
    var answer = auth.signUp("weak@example.com", "12345");
    assertThat(answer.text("/weak_password/reasons/0")).isEqualTo("length");
  }

  @Test
  void aTriggerOfTheAppThatFailsShowsInBothFormats() {
    try (var broken = AuthFixture.withDefaults()) {
      broken.execute(
          """
          create function public.handle_new_user() returns trigger language plpgsql
          security definer as $$
          begin
            raise exception 'no profile for %', new.email using hint = 'ask the owner';
          end
          $$;
          create trigger on_auth_user_created after insert on auth.users
            for each row execute function public.handle_new_user();
          """);

      var old = broken.signUp("trigger@example.com", "secret1");
      assertThat(old.status()).isEqualTo(500);
      assertThat(old.text("/code")).isEqualTo("P0001");
      assertThat(old.text("/message")).isEqualTo("no profile for trigger@example.com");
      assertThat(old.text("/hint")).isEqualTo("ask the owner");
      var recent =
          broken.post(
              "/signup",
              "{\"email\":\"trigger@example.com\",\"password\":\"secret1\"}",
              "X-Supabase-Api-Version",
              "2024-01-01");
      assertThat(recent.body())
          .isEqualTo(
              "{\"code\":\"unexpected_failure\",\"message\":\"Database error saving new user\"}");
      assertThat(broken.value("select count(*) from auth.users")).isEqualTo("0");
      assertThat(broken.events).anyMatch(e -> e.describe().contains("no profile for"));
    }
  }

  @Test
  void aTriggerOfTheAppSeesTheNewUsersMetadata() {
    try (var app = AuthFixture.withDefaults()) {
      app.execute(
          """
          create table public.profiles (id uuid primary key references auth.users on delete cascade,
            name text);
          create function public.handle_new_user() returns trigger language plpgsql
          security definer set search_path = '' as $$
          begin
            insert into public.profiles values (new.id, new.raw_user_meta_data->>'name');
            return new;
          end
          $$;
          create trigger on_auth_user_created after insert on auth.users
            for each row execute function public.handle_new_user();
          """);
      app.post(
          "/signup",
          "{\"email\":\"p@example.com\",\"password\":\"secret1\",\"data\":{\"name\":\"Pia\"}}");

      assertThat(app.value("select name from public.profiles")).isEqualTo("Pia");
    }
  }

  @Test
  void settingsCloseDoors() {
    try (var closed = new AuthFixture(s -> s.withAccounts(new Accounts(true, true, true, true)))) {
      var refused = closed.signUp("a@example.com", "secret1");
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.text("/error_code")).isEqualTo("signup_disabled");
    }
    try (var open = new AuthFixture(s -> s.withAccounts(new Accounts(false, true, true, true)))) {
      var anonymous = open.post("/signup", "{\"data\":{\"cart\":1}}");
      assertThat(anonymous.status()).isEqualTo(200);
      assertThat(anonymous.json().at("/user/is_anonymous").asBoolean()).isTrue();
      assertThat(anonymous.text("/user/email")).isEmpty();
      var upgraded =
          open.send(
              "PUT",
              "/user",
              "{\"email\":\"real@example.com\",\"password\":\"secret1\"}",
              AuthFixture.bearer(anonymous.text("/access_token")));
      assertThat(upgraded.text("/email")).isEqualTo("real@example.com");
      assertThat(upgraded.json().path("is_anonymous").asBoolean()).isFalse();
      assertThat(open.signIn("real@example.com", "secret1").status()).isEqualTo(200);
    }
  }

  @Test
  void usersChangeThemselvesButNotTheirRights() {
    var token = auth.signUp("self@example.com", "secret1").text("/access_token");
    var other = auth.signIn("self@example.com", "secret1").text("/access_token");
    var bearer = AuthFixture.bearer(token);

    var same = auth.send("PUT", "/user", "{\"password\":\"secret1\"}", bearer);
    assertThat(same.status()).isEqualTo(422);
    assertThat(same.text("/error_code")).isEqualTo("same_password");
    var rights = auth.send("PUT", "/user", "{\"app_metadata\":{\"role\":\"admin\"}}", bearer);
    assertThat(rights.status()).isEqualTo(403);
    auth.signUp("taken@example.com", "secret1");
    assertThat(
            auth.send("PUT", "/user", "{\"email\":\"taken@example.com\"}", bearer)
                .text("/error_code"))
        .isEqualTo("email_exists");

    var changed =
        auth.send(
            "PUT", "/user", "{\"password\":\"secret2\",\"data\":{\"city\":\"Bonn\"}}", bearer);
    assertThat(changed.text("/user_metadata/city")).isEqualTo("Bonn");
    assertThat(auth.signIn("self@example.com", "secret2").status()).isEqualTo(200);
    assertThat(auth.get("/user", AuthFixture.bearer(other)).text("/error_code"))
        .as("other sessions end with the old password")
        .isEqualTo("session_not_found");
    assertThat(auth.get("/user", bearer).status()).isEqualTo(200);
  }

  @Test
  void bodiesHaveALimitAndUnknownPathsAnAnswer() {
    var large = auth.post("/signup", "{\"email\":\"" + "a".repeat(1_100_000) + "\"}");
    assertThat(large.status()).isEqualTo(413);
    assertThat(large.text("/error_code")).isEqualTo("request_entity_too_large");
    assertThat(auth.get("/nowhere").status()).isEqualTo(404);
    assertThat(auth.get("/signup").status()).isEqualTo(405);
    assertThat(auth.post("/signup", "{\"email\":\"a\\u0000@example.com\"}").status())
        .isEqualTo(400);
  }

  @Test
  void whatAnybodyMayReadHoldsNoSecret() {
    var settings = auth.get("/settings").json();
    assertThat(settings.at("/external/email").asBoolean()).isTrue();
    assertThat(settings.at("/external/google").asBoolean(true)).isFalse();
    assertThat(settings.path("mailer_autoconfirm").asBoolean()).isTrue();
    assertThat(auth.get("/health").text("/name")).isEqualTo("GoTrue");
    var keys = auth.get("/.well-known/jwks.json");
    assertThat(keys.text("/keys/0/kty")).isEqualTo("EC");
    assertThat(keys.json().path("keys")).hasSize(1);
    assertThat(keys.json().at("/keys/0").has("d")).isFalse();
  }
}
