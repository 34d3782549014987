package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.auth.AuthFixture.Answer;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sign-in by a provider that is asked by its API (GitHub's), from `/authorize` to the session.
class ExternalSignInTest {
  private static final String VERIFIER = "v".repeat(50);
  private static final String HOME = "https://shop.example.com";

  private final LocalProvider github = new LocalProvider();
  private AuthFixture auth = with(settings -> settings);

  private AuthFixture with(UnaryOperator<AuthSettings> change) {
    return new AuthFixture(
        change,
        ExternalSettings.of(
                List.of(
                    ProviderSettings.of("github", "client-1", "secret-1").withUrl(github.url()),
                    ProviderSettings.of("figma", "client-2", "secret-2").withEnabled(false)))
            .withManualLinking(true));
  }

  private void restart(UnaryOperator<AuthSettings> change) {
    auth.close();
    auth = with(change);
  }

  @AfterEach
  void close() {
    auth.close();
    github.close();
  }

  private static Map<String, String> fields(String encoded) {
    return Call.parse(encoded);
  }

  private static Map<String, String> fragment(Answer answer) {
    return fields(answer.location().substring(answer.location().indexOf('#') + 1));
  }

  private static Map<String, String> query(Answer answer) {
    var page = answer.location().replaceFirst("#.*", "");
    return fields(page.substring(page.indexOf('?') + 1));
  }

  private String state(String parameters) {
    var answer = auth.get("/authorize?provider=github" + parameters);
    assertThat(answer.status()).isEqualTo(302);
    return query(answer).getOrDefault("state", "");
  }

  private Answer comeBack(String parameters) {
    return auth.get("/callback?code=c0de5&state=" + state(parameters));
  }

  @Test
  void theBrowserIsSentToTheProvider() {
    var answer =
        auth.get(
            "/authorize?provider=GitHub&scopes=repo,gist&redirect_to="
                + HOME
                + "/in&prompt=consent&client_id=evil&state=evil");
    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.location()).startsWith(github.url() + "/login/oauth/authorize?");
    assertThat(query(answer))
        .containsEntry("client_id", "client-1")
        .containsEntry("redirect_uri", HOME + "/auth/v1/callback")
        .containsEntry("response_type", "code")
        .containsEntry("scope", "user:email repo gist")
        .containsEntry("prompt", "consent")
        .containsEntry("redirect_to", HOME + "/in");
    assertThat(query(answer).get("state")).hasSize(36);
  }

  @Test
  void theImplicitFlowEndsInTheFragment() {
    var answer = comeBack("&redirect_to=" + HOME + "/in");
    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.location()).startsWith(HOME + "/in#access_token=");
    assertThat(fragment(answer))
        .containsEntry("provider_token", "gho_1")
        .containsEntry("provider_refresh_token", "ghr_1")
        .containsEntry("token_type", "bearer")
        .containsEntry("expires_in", "3600")
        .containsKeys("refresh_token", "expires_at", "sb")
        .doesNotContainKey("type");
    var user =
        auth.get("/user", AuthFixture.bearer(fragment(answer).getOrDefault("access_token", "")))
            .json();
    assertThat(user.at("/email").asString("")).isEqualTo("ada@example.com");
    assertThat(user.at("/app_metadata").toString())
        .isEqualTo("{\"provider\":\"github\",\"providers\":[\"github\"]}");
    assertThat(user.at("/user_metadata/full_name").asString("")).isEqualTo("Ada L.");
    assertThat(user.at("/user_metadata/user_name").asString("")).isEqualTo("ada");
    assertThat(user.at("/identities/0/id").asString("")).isEqualTo("583");
    assertThat(user.at("/identities/0/identity_data/iss").asString(""))
        .isEqualTo(github.url() + "/api/v3");
    assertThat(user.at("/identities/0/identity_data/email_verified").asBoolean()).isTrue();
    assertThat(github.tokenRequests.getFirst())
        .contains("client_id=client-1", "client_secret=secret-1", "code=c0de5");
    assertThat(auth.value("select count(*) from auth.flow_state")).isEqualTo("0");
    assertThat(
            auth.value(
                "select count(*) from auth.mfa_amr_claims"
                    + " where authentication_method = 'oauth'"))
        .isEqualTo("1");
  }

  @Test
  void thePkceFlowEndsInACodeWithTheProvidersTokens() {
    var challenge = "&code_challenge_method=s256&code_challenge=" + FlowStates.s256(VERIFIER);
    var state = state(challenge + "&redirect_to=" + HOME + "/in%3Fa%3D1");
    var answer = auth.get("/callback?code=c0de5&state=" + state);
    assertThat(answer.location()).startsWith(HOME + "/in?a=1&code=");
    var again = auth.get("/callback?code=c0de5&state=" + state);
    assertThat(again.status()).isEqualTo(303);
    assertThat(query(again)).containsEntry("error_code", "flow_state_already_used");
    var body =
        "{\"auth_code\":\""
            + query(answer).get("code")
            + "\",\"code_verifier\":\""
            + VERIFIER
            + "\"}";
    var session = auth.post("/token?grant_type=pkce", body);
    assertThat(session.status()).isEqualTo(200);
    assertThat(session.text("/provider_token")).isEqualTo("gho_1");
    assertThat(session.text("/provider_refresh_token")).isEqualTo("ghr_1");
    assertThat(session.text("/user/email")).isEqualTo("ada@example.com");
    assertThat(auth.post("/token?grant_type=pkce", body).status()).isEqualTo(404);
  }

  @Test
  void aSecondVisitIsTheSameUser() {
    comeBack("");
    github.answers.put("/api/v3/user", Map.of("id", 583, "login", "ada2", "name", "Ada Lovelace"));
    var answer = comeBack("");
    assertThat(answer.location()).contains("access_token=");
    assertThat(auth.value("select count(*) from auth.users")).isEqualTo("1");
    assertThat(auth.value("select raw_user_meta_data->>'full_name' from auth.users"))
        .isEqualTo("Ada Lovelace");
    assertThat(auth.value("select identity_data->>'user_name' from auth.identities"))
        .isEqualTo("ada2");
  }

  @Test
  void aVerifiedAddressOpensTheAccountThatHasIt() {
    auth.signUp("ada@example.com", "secret-word");
    comeBack("");
    assertThat(auth.value("select count(*) from auth.users")).isEqualTo("1");
    assertThat(auth.value("select raw_app_meta_data->>'providers' from auth.users"))
        .isEqualTo("[\"email\", \"github\"]");
    assertThat(auth.signIn("ada@example.com", "secret-word").status()).isEqualTo(200);
  }

  @Test
  void anAccountThatNobodyConfirmedLosesItsPassword() {
    restart(
        settings -> settings.withAccounts(new AuthSettings.Accounts(false, true, false, false)));
    auth.signUp("ada@example.com", "attackers-word");
    var answer = comeBack("");
    assertThat(answer.location()).contains("access_token=");
    assertThat(auth.value("select count(*) from auth.users where encrypted_password is null"))
        .isEqualTo("1");
    assertThat(auth.value("select string_agg(provider, ',') from auth.identities"))
        .isEqualTo("github");
    assertThat(auth.signIn("ada@example.com", "attackers-word").status()).isEqualTo(400);
  }

  @Test
  void anUnverifiedAddressMustBeConfirmed() {
    restart(
        settings -> settings.withAccounts(new AuthSettings.Accounts(false, true, false, false)));
    github.person(583, "ada@example.com", false);
    var answer = comeBack("");
    assertThat(query(answer))
        .containsEntry("error", "access_denied")
        .containsEntry("error_code", "provider_email_needs_verification")
        .containsEntry(
            "error_description",
            "Unverified email with github. A confirmation email has been sent to your github"
                + " email");
    assertThat(answer.location())
        .endsWith(
            "#error=access_denied&error_code=provider_email_needs_verification"
                + "&error_description=Unverified+email+with+github.+A+confirmation+email+has+been"
                + "+sent+to+your+github+email&sb=");
    assertThat(auth.value("select count(*) from auth.users where email_confirmed_at is null"))
        .isEqualTo("1");
    assertThat(auth.mailbox.mails()).hasSize(1);
  }

  @Test
  void everyRefusalOfTheWayThere() {
    refused(
        "/authorize?provider=nobody",
        400,
        "validation_failed",
        "Unsupported provider: Provider nobody could not be found");
    refused(
        "/authorize",
        400,
        "validation_failed",
        "Unsupported provider: Provider  could not be found");
    refused(
        "/authorize?provider=google",
        400,
        "validation_failed",
        "Unsupported provider: provider is not enabled");
    refused(
        "/authorize?provider=figma",
        400,
        "validation_failed",
        "Unsupported provider: provider is not enabled");
    refused(
        "/authorize?provider=custom:mine",
        400,
        "validation_failed",
        "Unsupported provider: custom provider custom:mine not found");
    refused(
        "/authorize?provider=github&code_challenge=" + "x".repeat(43),
        400,
        "validation_failed",
        "PKCE flow requires code_challenge_method and code_challenge");
    refused(
        "/authorize?provider=github&code_challenge=short&code_challenge_method=s256",
        400,
        "validation_failed",
        "code challenge has to be between 43 and 128 characters");
    refused(
        "/authorize?provider=github&invite_token=none",
        404,
        "user_not_found",
        "User identified by token not found");
  }

  private void refused(String path, int status, String code, String message) {
    var old = auth.get(path);
    assertThat(old.status()).isEqualTo(status);
    assertThat(old.text("/error_code")).isEqualTo(code);
    assertThat(old.text("/msg")).isEqualTo(message);
    var current = auth.get(path, "X-Supabase-Api-Version", "2024-01-01");
    assertThat(current.text("/code")).isEqualTo(code);
    assertThat(current.text("/message")).isEqualTo(message);
  }

  @Test
  void everyRefusalOfAStateGoesToTheSite() {
    lost("/callback?code=1", "bad_oauth_callback", "OAuth state parameter missing");
    lost("/callback?state=no", "bad_oauth_state", "OAuth state parameter is invalid");
    lost(
        "/callback?state=11111111-1111-4111-8111-111111111111",
        "bad_oauth_state",
        "OAuth state not found or expired");
    var state = state("");
    auth.clock.advance(Duration.ofMinutes(6));
    lost("/callback?state=" + state, "bad_oauth_state", "OAuth state has expired");
  }

  private void lost(String path, String code, String description) {
    var answer = auth.get(path);
    assertThat(answer.status()).isEqualTo(303);
    assertThat(answer.location())
        .isEqualTo(
            HOME
                + "?error=invalid_request&error_code="
                + code
                + "&error_description="
                + SignedIn.encode(description));
  }

  @Test
  void whatTheProviderRefusesIsHandedOn() {
    var answer =
        auth.get(
            "/callback?error=access_denied&error_description=No%2C+thanks&state="
                + state("&redirect_to=" + HOME + "/in%3Fa%3D1%23old"));
    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.location())
        .isEqualTo(
            HOME
                + "/in?a=1&error=access_denied&error_description=No%2C+thanks"
                + "#error=access_denied&error_description=No%252C+thanks&sb=");
  }

  @Test
  void everyFailureOfTheWayBack() {
    failed(
        auth.get("/callback?state=" + state("")),
        "invalid_request",
        "bad_oauth_callback",
        "OAuth callback with missing authorization code missing");
    github.answers.put("/login/oauth/access_token", Map.of("error", "bad_verification_code"));
    failed(
        comeBack(""),
        "server_error",
        "unexpected_failure",
        "Unable to exchange external code: c0de");
    github.answers.put("/login/oauth/access_token", Map.of("access_token", "gho_1"));
    github.answers.remove("/api/v3/user");
    failed(
        comeBack(""),
        "server_error",
        "unexpected_failure",
        "Error getting user profile from external provider");
    github.person(583, "ada@example.com", true);
    github.noEmails();
    failed(
        comeBack(""),
        "server_error",
        "unexpected_failure",
        "Error getting user email from external provider");
    var state = state("");
    auth.providers.replace(ExternalSettings.NONE);
    failed(
        auth.get("/callback?code=1&state=" + state),
        "invalid_request",
        "oauth_provider_not_supported",
        "Unsupported provider: provider is not enabled");
    assertThat(auth.events.toString()).doesNotContain("secret-1", "gho_1");
  }

  @Test
  void closedSignUpAndBannedUsersAreDenied() {
    comeBack("");
    auth.execute("update auth.users set banned_until = '2099-01-01'");
    failed(comeBack(""), "access_denied", "user_banned", "User is banned");
    restart(settings -> settings.withAccounts(new AuthSettings.Accounts(true, true, false, true)));
    failed(
        comeBack(""), "access_denied", "signup_disabled", "Signups not allowed for this instance");
    assertThat(auth.value("select count(*) from auth.users")).isEqualTo("0");
  }

  private static void failed(Answer answer, String error, String code, String description) {
    assertThat(answer.status()).isEqualTo(302);
    assertThat(query(answer))
        .containsEntry("error", error)
        .containsEntry("error_code", code)
        .containsEntry("error_description", description);
    assertThat(fragment(answer)).containsEntry("error_code", code).containsKey("sb");
  }

  @Test
  void anIdentityIsLinkedAndUnlinked() {
    var session = auth.signUp("bea@example.com", "secret-word");
    var bearer = AuthFixture.bearer(session.text("/access_token"));
    var start =
        auth.get("/user/identities/authorize?provider=github&skip_http_redirect=true", bearer);
    var url = start.text("/url");
    var state = fields(url.substring(url.indexOf('?') + 1)).get("state");
    var back = auth.get("/callback?code=c0de5&state=" + state);
    assertThat(back.location()).contains("access_token=");
    var user = auth.get("/user", bearer).json();
    assertThat(user.at("/identities")).hasSize(2);
    assertThat(user.at("/email").asString("")).isEqualTo("bea@example.com");

    failed(
        linkAgain(bearer), "server_error", "identity_already_exists", "Identity is already linked");
    var github = auth.value("select id from auth.identities where provider = 'github'");
    var email = auth.value("select id from auth.identities where provider = 'email'");
    assertThat(auth.send("DELETE", "/user/identities/none", "", bearer).status()).isEqualTo(404);
    assertThat(auth.send("DELETE", "/user/identities/" + email, "", bearer).status())
        .isEqualTo(200);
    assertThat(auth.get("/user", bearer).text("/email")).isEqualTo("ada@example.com");
    var last = auth.send("DELETE", "/user/identities/" + github, "", bearer);
    assertThat(last.status()).isEqualTo(422);
    assertThat(last.text("/error_code")).isEqualTo("single_identity_not_deletable");
  }

  private Answer linkAgain(String... bearer) {
    var start = auth.get("/user/identities/authorize?provider=github", bearer);
    assertThat(start.status()).isEqualTo(302);
    return auth.get("/callback?code=c0de5&state=" + query(start).get("state"));
  }

  @Test
  void anInvitedUserComesByTheProvider() {
    auth.post("/invite", "{\"email\":\"ada@example.com\"}", auth.admin());
    var hash = auth.value("select confirmation_token from auth.users");
    var answer = comeBack("&invite_token=" + hash);
    assertThat(answer.location()).contains("access_token=");
    assertThat(auth.value("select raw_app_meta_data->>'providers' from auth.users"))
        .isEqualTo("[\"github\"]");
    auth.post("/invite", "{\"email\":\"other.person@example.com\"}", auth.admin());
    var second =
        auth.value("select confirmation_token from auth.users where email like 'other.p%'");
    failed(
        comeBack("&invite_token=" + second),
        "invalid_request",
        "validation_failed",
        "Invited email does not match emails from external provider");
  }

  @Test
  void settingsNameWhatIsOn() {
    var settings = auth.get("/settings").json();
    assertThat(settings.at("/external/github").asBoolean()).isTrue();
    assertThat(settings.at("/external/figma").asBoolean()).isFalse();
    assertThat(settings.at("/external/google").asBoolean()).isFalse();
  }
}
