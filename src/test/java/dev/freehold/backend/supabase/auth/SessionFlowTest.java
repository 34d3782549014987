package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.Verified;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Sign-up, sign-in, refresh and sign-out, as an App goes through them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionFlowTest {
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
  void signingUpGivesASessionAndAUserInGoTruesShape() {
    var answer =
        auth.post(
            "/signup",
            """
            {"email":"Ada@Example.com","password":"secret1","data":{"name":"Ada"}}
            """);

    assertThat(answer.status()).isEqualTo(200);
    var session = answer.json();
    assertThat(session.propertyNames())
        .containsExactlyInAnyOrder(
            "access_token", "token_type", "expires_in", "expires_at", "refresh_token", "user");
    assertThat(session.path("token_type").asString()).isEqualTo("bearer");
    assertThat(session.path("expires_in").asInt()).isEqualTo(3600);
    assertThat(session.path("refresh_token").asString()).matches("[A-Za-z0-9]{12}");
    var user = session.path("user");
    assertThat(user.path("email").asString()).isEqualTo("ada@example.com");
    assertThat(user.path("phone").asString()).isEmpty();
    assertThat(user.path("role").asString()).isEqualTo("authenticated");
    assertThat(user.path("email_confirmed_at").asString()).isEqualTo("2026-11-21T03:00:00Z");
    assertThat(user.at("/app_metadata/providers/0").asString()).isEqualTo("email");
    assertThat(user.at("/user_metadata/name").asString()).isEqualTo("Ada");
    assertThat(user.at("/user_metadata/email_verified").asBoolean()).isTrue();
    assertThat(user.at("/identities/0/provider").asString()).isEqualTo("email");
    assertThat(user.at("/identities/0/id").asString()).isEqualTo(user.path("id").asString());
    assertThat(answer.body()).doesNotContain("encrypted_password").doesNotContain("$2a$");
  }

  @Test
  void theAccessTokenCarriesGoTruesClaimsAndVerifies() {
    var session = auth.signUp("claims@example.com", "secret1");

    var verified = auth.keys.jwt().verifier(auth.clock).verify(session.text("/access_token"));

    assertThat(verified).isInstanceOf(Verified.Good.class);
    var claims = ((Verified.Good) verified).session().claims();
    assertThat(claims)
        .containsEntry("iss", "https://shop.example.com/auth/v1")
        .containsEntry("aud", "authenticated")
        .containsEntry("role", "authenticated")
        .containsEntry("aal", "aal1")
        .containsEntry("email", "claims@example.com")
        .containsEntry("is_anonymous", false)
        .containsEntry("sub", session.text("/user/id"));
    assertThat(String.valueOf(claims.get("amr"))).contains("method=password");
    assertThat(
            auth.value(
                "select count(*) from auth.sessions where id = '" + claims.get("session_id") + "'"))
        .isEqualTo("1");
  }

  @Test
  void signingInWantsTheRightPassword() {
    auth.signUp("in@example.com", "secret1");

    assertThat(auth.signIn("in@example.com", "secret1").status()).isEqualTo(200);
    assertThat(auth.signIn("IN@example.com", "secret1").status()).isEqualTo(200);
    for (var wrong : new String[] {"in@example.com", "nobody@example.com"}) {
      var answer = auth.signIn(wrong, "secret2");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body())
          .isEqualTo(
              "{\"code\":400,\"error_code\":\"invalid_credentials\","
                  + "\"msg\":\"Invalid login credentials\"}");
      assertThat(answer.headers().first("x-sb-error-code")).contains("invalid_credentials");
    }
  }

  @Test
  void aRefreshReplacesTheTokenAndKeepsTheSession() {
    var first = auth.signUp("refresh@example.com", "secret1");

    var second = auth.refresh(first.text("/refresh_token"));

    assertThat(second.status()).isEqualTo(200);
    assertThat(second.text("/refresh_token")).isNotEqualTo(first.text("/refresh_token"));
    assertThat(sessionId(second)).isEqualTo(sessionId(first));
  }

  @Test
  void aLostAnswerDoesNotEndTheSession() {
    var first = auth.signUp("lost@example.com", "secret1");
    var second = auth.refresh(first.text("/refresh_token"));
    auth.clock.advance(Duration.ofDays(3));

    var again = auth.refresh(first.text("/refresh_token"));

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("/refresh_token")).isEqualTo(second.text("/refresh_token"));
  }

  @Test
  void aTokenOfTwoGenerationsAgoThatComesLateRevokesTheSession() {
    var first = auth.signUp("reuse@example.com", "secret1").text("/refresh_token");
    var second = auth.refresh(first).text("/refresh_token");
    var third = auth.refresh(second).text("/refresh_token");
    auth.clock.advance(Duration.ofSeconds(11));

    var late = auth.refresh(first);

    assertThat(late.status()).isEqualTo(400);
    assertThat(late.text("/error_code")).isEqualTo("refresh_token_already_used");
    assertThat(late.text("/msg")).isEqualTo("Invalid Refresh Token: Already Used");
    assertThat(auth.refresh(third).status()).as("the whole family is revoked").isEqualTo(400);
    assertThat(auth.events).anyMatch(e -> e instanceof AuthEvent.RefreshTokenReused);
  }

  @Test
  void anUnknownRefreshTokenIsNotFound() {
    var answer = auth.refresh("abcdefghijkl");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/error_code")).isEqualTo("refresh_token_not_found");
    assertThat(answer.text("/msg")).isEqualTo("Invalid Refresh Token: Refresh Token Not Found");
  }

  @Test
  void fiftyTabsThatRefreshAtOnceEndWithOneLiveToken() throws Exception {
    var token = auth.signUp("tabs@example.com", "secret1").text("/refresh_token");
    var handedOut = new HashSet<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<AuthFixture.Answer> refresh = () -> auth.refresh(token);
      var answers = threads.invokeAll(IntStream.range(0, 50).mapToObj(_ -> refresh).toList());
      for (var answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
        handedOut.add(answer.get().text("/refresh_token"));
      }
    }

    assertThat(handedOut).hasSize(1).doesNotContain(token);
    var id = auth.value("select id from auth.users where email = 'tabs@example.com'");
    assertThat(auth.value("select count(*) from auth.sessions where user_id = '" + id + "'"))
        .isEqualTo("1");
    assertThat(
            auth.value(
                "select count(*) from auth.refresh_tokens where not revoked and user_id = '"
                    + id
                    + "'"))
        .isEqualTo("1");
  }

  @Test
  void signingOutEndsTheSessionsItsScopeNames() {
    var here = auth.signUp("out@example.com", "secret1");
    var there = auth.signIn("out@example.com", "secret1");

    var others = auth.post("/logout?scope=others", "", bearer(here));
    assertThat(others.status()).isEqualTo(204);
    assertThat(auth.refresh(there.text("/refresh_token")).text("/error_code"))
        .isEqualTo("refresh_token_not_found");
    assertThat(auth.get("/user", bearer(there)).text("/error_code")).isEqualTo("session_not_found");
    assertThat(auth.get("/user", bearer(here)).status()).isEqualTo(200);

    assertThat(auth.post("/logout?scope=local", "", bearer(here)).status()).isEqualTo(204);
    assertThat(auth.get("/user", bearer(here)).status()).isEqualTo(403);
    assertThat(auth.post("/logout?scope=all", "", bearer(here)).text("/error_code"))
        .isEqualTo("validation_failed");
  }

  @Test
  void aBannedUserGetsNoFurther() {
    var session = auth.signUp("banned@example.com", "secret1");
    auth.execute(
        "update auth.users set banned_until = '2100-01-01' where email = 'banned@example.com'");

    assertThat(auth.signIn("banned@example.com", "secret1").text("/error_code"))
        .isEqualTo("user_banned");
    assertThat(auth.refresh(session.text("/refresh_token")).text("/msg"))
        .isEqualTo("Invalid Refresh Token: User Banned");
    var user = auth.get("/user", bearer(session));
    assertThat(user.status()).isEqualTo(403);
    assertThat(user.text("/error_code")).isEqualTo("user_banned");
  }

  @Test
  void aTokenOfTwoGenerationsAgoIsGoodForTenSeconds() {
    var first = auth.signUp("soon@example.com", "secret1").text("/refresh_token");
    auth.refresh(auth.refresh(first).text("/refresh_token"));
    auth.clock.advance(Duration.ofSeconds(9));

    assertThat(auth.refresh(first).status()).isEqualTo(200);
  }

  @Test
  void rowsThatWereWrittenByHandSignInThoughTheirTokenColumnsAreNull() {
    auth.signUp("seed@example.com", "secret1");
    auth.execute(
        """
        update auth.users set confirmation_token = null, recovery_token = null,
            email_change = null, email_change_token_new = null, phone_change = null,
            email_change_token_current = null, phone_change_token = null,
            reauthentication_token = null, email_change_confirm_status = null, role = null,
            raw_app_meta_data = null, raw_user_meta_data = null
         where email = 'seed@example.com'
        """);

    assertThat(auth.signIn("seed@example.com", "secret1").status()).isEqualTo(200);
  }

  private static String[] bearer(AuthFixture.Answer session) {
    return AuthFixture.bearer(session.text("/access_token"));
  }

  private String sessionId(AuthFixture.Answer answer) {
    var verified = auth.keys.jwt().verifier(auth.clock).verify(answer.text("/access_token"));
    return ((Verified.Good) verified).session().claim("session_id");
  }
}
