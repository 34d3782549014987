package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Everything that goes by way of a mailbox, where addresses have to be confirmed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MailFlowTest {
  private static final String VERIFIER = "a-code-verifier-that-is-long-enough-to-be-one-12345";

  private AuthFixture auth;

  @BeforeAll
  void open() {
    auth = AuthFixture.withConfirmation();
  }

  @AfterAll
  void close() {
    auth.close();
  }

  @Test
  void signingUpWaitsForTheLinkAndTheLinkSignsIn() {
    var answer = auth.signUp("new@example.com", "secret1");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().has("access_token")).isFalse();
    assertThat(answer.text("/email")).isEqualTo("new@example.com");
    assertThat(answer.text("/confirmation_sent_at")).isNotEmpty();
    assertThat(auth.signIn("new@example.com", "secret1").text("/error_code"))
        .isEqualTo("email_not_confirmed");
    var mail = mail("new@example.com");
    assertThat(mail.action()).isEqualTo("signup");
    assertThat(mail.code()).matches("[0-9]{6}");

    var followed = follow(mail);

    assertThat(followed.status()).isEqualTo(303);
    assertThat(followed.location()).startsWith("https://shop.example.com#access_token=");
    assertThat(fragment(followed))
        .containsEntry("type", "signup")
        .containsEntry("token_type", "bearer")
        .containsEntry("expires_in", "3600")
        .containsKeys("refresh_token", "expires_at", "sb");
    assertThat(auth.signIn("new@example.com", "secret1").status()).isEqualTo(200);
    assertThat(fragment(follow(mail))).containsEntry("error_code", "otp_expired");
  }

  @Test
  void theCodeDoesWhatTheLinkDoes() {
    auth.signUp("code@example.com", "secret1");
    var code = mail("code@example.com").code();
    var wrong = code.equals("000000") ? "000001" : "000000";

    var refused = verify("signup", "code@example.com", wrong);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("/error_code")).isEqualTo("otp_expired");
    assertThat(refused.text("/msg")).isEqualTo("Token has expired or is invalid");
    var entered = verify("email", "code@example.com", code);
    assertThat(entered.status()).isEqualTo(200);
    assertThat(entered.text("/user/email_confirmed_at")).isNotEmpty();
  }

  @Test
  void aTakenAddressGetsAnInventedUser() {
    auth.signUp("taken@example.com", "secret1");
    follow(mail("taken@example.com"));
    var id = auth.value("select id from auth.users where email = 'taken@example.com'");

    var answer = auth.signUp("taken@example.com", "secret2");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("/email")).isEqualTo("taken@example.com");
    assertThat(answer.json().path("identities")).isEmpty();
    assertThat(answer.text("/id")).isNotEqualTo(id);
    assertThat(auth.signIn("taken@example.com", "secret2").status()).isEqualTo(400);
  }

  @Test
  void recoveryAnswersTheSameForAnyAddressAndItsLinkIsOfItsType() {
    confirmed("forgot@example.com");
    var known = auth.post("/recover", "{\"email\":\"forgot@example.com\"}");
    var unknown = auth.post("/recover", "{\"email\":\"nobody@example.com\"}");
    assertThat(known.body()).isEqualTo("{}").isEqualTo(unknown.body());

    assertThat(fragment(follow(mail("forgot@example.com"))))
        .containsEntry("type", "recovery")
        .containsKey("access_token");
    assertThat(auth.mailbox.mails()).noneMatch(m -> m.to().equals("nobody@example.com"));
  }

  @Test
  void mailsToOneUserKeepTheirDistance() {
    confirmed("often@example.com");
    auth.post("/recover", "{\"email\":\"often@example.com\"}");
    auth.clock.advance(Duration.ofSeconds(20));

    var again = auth.post("/recover", "{\"email\":\"often@example.com\"}");

    assertThat(again.status()).isEqualTo(429);
    assertThat(again.text("/error_code")).isEqualTo("over_email_send_rate_limit");
    assertThat(again.text("/msg"))
        .isEqualTo("For security purposes, you can only request this after 40 seconds.");
  }

  @Test
  void aLinkExpiresAfterADay() {
    auth.signUp("late@example.com", "secret1");
    var mail = mail("late@example.com");
    auth.clock.advance(Duration.ofHours(25));

    var followed = follow(mail);

    assertThat(followed.status()).isEqualTo(303);
    assertThat(fragment(followed))
        .containsEntry("error", "access_denied")
        .containsEntry("error_code", "otp_expired")
        .containsEntry("error_description", "Email link is invalid or has expired");
  }

  @Test
  void aMagicLinkLeadsWhereTheAppMayLeadAndNowhereElse() {
    confirmed("magic@example.com");
    auth.post(
        "/otp?redirect_to=https%3A%2F%2Fevil.example.org%2F", "{\"email\":\"magic@example.com\"}");
    assertThat(follow(mail("magic@example.com")).location())
        .startsWith("https://shop.example.com#");
    auth.clock.advance(Duration.ofMinutes(2));

    auth.post(
        "/otp?redirect_to=https%3A%2F%2Fshop.example.com%2Fwelcome",
        "{\"email\":\"magic@example.com\"}");

    var followed = follow(mail("magic@example.com"));
    assertThat(followed.location()).startsWith("https://shop.example.com/welcome#");
    assertThat(fragment(followed)).containsEntry("type", "magiclink");
  }

  @Test
  void aMagicLinkForAStrangerWantsPermission() {
    var refused = auth.post("/otp", "{\"email\":\"stranger@example.com\",\"create_user\":false}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/error_code")).isEqualTo("otp_disabled");

    assertThat(auth.post("/otp", "{\"email\":\"stranger@example.com\"}").body()).isEqualTo("{}");
    assertThat(mail("stranger@example.com").action()).isEqualTo("signup");
  }

  @Test
  void thePkceFlowEndsInACodeThatOnlyItsBeginnerCanExchange() throws Exception {
    confirmed("pkce@example.com");
    var challenge =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                MessageDigest.getInstance("SHA-256")
                    .digest(VERIFIER.getBytes(StandardCharsets.UTF_8)));
    auth.post(
        "/otp",
        "{\"email\":\"pkce@example.com\",\"code_challenge\":\"%s\",\"code_challenge_method\":\"s256\"}"
            .formatted(challenge));
    var mail = mail("pkce@example.com");
    assertThat(mail.tokenHash()).startsWith("pkce_");

    var location = follow(mail).location();

    assertThat(location).startsWith("https://shop.example.com?code=");
    var code = location.substring(location.indexOf("code=") + 5);
    assertThat(exchange(code, "x".repeat(50)).text("/error_code")).isEqualTo("bad_code_verifier");
    assertThat(exchange(code, VERIFIER).text("/user/email")).isEqualTo("pkce@example.com");
    var again = exchange(code, VERIFIER);
    assertThat(again.status()).isEqualTo(404);
    assertThat(again.text("/error_code")).isEqualTo("flow_state_not_found");
  }

  @Test
  void anEmailChangeWantsBothMailboxes() {
    confirmed("old@example.com");
    var session = auth.signIn("old@example.com", "secret1");
    var asked =
        auth.send(
            "PUT",
            "/user",
            "{\"email\":\"changed@example.com\"}",
            AuthFixture.bearer(session.text("/access_token")));
    assertThat(asked.text("/email")).isEqualTo("old@example.com");
    assertThat(asked.text("/new_email")).isEqualTo("changed@example.com");

    var first = follow(mail("changed@example.com"));
    assertThat(first.location()).contains("#message=Confirmation+link+accepted");
    assertThat(
            auth.value(
                "select email from auth.users where email like '%d@example.com'"
                    + " and email_change = 'changed@example.com'"))
        .isEqualTo("old@example.com");

    var second = follow(mail("old@example.com"));
    assertThat(fragment(second)).containsEntry("type", "email_change");
    assertThat(auth.signIn("changed@example.com", "secret1").status()).isEqualTo(200);
    assertThat(auth.signIn("old@example.com", "secret1").status()).isEqualTo(400);
  }

  @Test
  void aLinkWithoutTokenOrTypeIsAnsweredWithJson() {
    assertThat(auth.get("/verify?type=signup").text("/msg"))
        .isEqualTo("Verify requires a token or a token hash");
    assertThat(auth.get("/verify?token=abc").text("/msg"))
        .isEqualTo("Verify requires a verification type");
  }

  private void confirmed(String email) {
    auth.signUp(email, "secret1");
    follow(mail(email));
    auth.clock.advance(Duration.ofMinutes(61));
  }

  private AuthMail mail(String to) {
    return auth.mailbox.mails().stream().filter(m -> m.to().equals(to)).findFirst().orElseThrow();
  }

  private AuthFixture.Answer follow(AuthMail mail) {
    var prefix = "https://shop.example.com/auth/v1";
    assertThat(mail.link()).startsWith(prefix + "/verify?");
    return auth.get(mail.link().substring(prefix.length()));
  }

  private AuthFixture.Answer verify(String type, String email, String code) {
    return auth.post(
        "/verify",
        "{\"type\":\"%s\",\"email\":\"%s\",\"token\":\"%s\"}".formatted(type, email, code));
  }

  private AuthFixture.Answer exchange(String code, String verifier) {
    return auth.post(
        "/token?grant_type=pkce",
        "{\"auth_code\":\"%s\",\"code_verifier\":\"%s\"}".formatted(code, verifier));
  }

  private static Map<String, String> fragment(AuthFixture.Answer answer) {
    var location = answer.location();
    return Arrays.stream(location.substring(location.indexOf('#') + 1).split("&"))
        .map(pair -> pair.split("=", -1))
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }
}
