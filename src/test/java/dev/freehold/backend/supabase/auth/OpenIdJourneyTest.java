package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.testing.Browser;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sign-in at a real OpenID Connect provider, in Chromium: both endings of the flow, and Lovable's
/// broker driven by the real `@lovable.dev/cloud-auth-js`.
class OpenIdJourneyTest {
  private static final String APP =
      """
      <!doctype html><title>App</title>
      <button onclick="go()">Sign in</button><pre id="told"></pre>
      <script type="module">
        import { createLovableAuth } from "/cloud-auth.js";
        const auth = createLovableAuth({ supportedOAuthOrigins: [location.origin] });
        window.go = async () => {
          const result = await auth.signInWithOAuth("google", { extraParams: { prompt: "login" } });
          if (!result.redirected) {
            document.getElementById("told").textContent =
              result.error ? "error: " + result.error.message
                : "tokens: " + JSON.stringify(result.tokens);
          }
        };
        document.title = "Ready";
      </script>
      """;
  private static final String FRAME =
      "<!doctype html><title>Outer</title><iframe src=\"/\" width=\"600\" height=\"400\"></iframe>";
  private static final Path PACKAGE =
      Path.of("src/test/js/node_modules/@lovable.dev/cloud-auth-js/dist/index.js");

  private final int port = OpenIdProvider.freePort();
  private final String home = "http://localhost:" + port;
  private final OpenIdProvider provider = new OpenIdProvider(home + "/auth/v1/callback");
  private final AuthFixture auth =
      new AuthFixture(
          settings -> AuthSettings.at(home),
          ExternalSettings.of(
              List.of(
                  ProviderSettings.of("google", "shop", "a-secret-of-the-shop")
                      .withUrl(provider.issuer),
                  ProviderSettings.of("custom:house", "shop", "a-secret-of-the-shop")
                      .withUrl(provider.issuer)
                      .withScopes(List.of("email", "profile")))));
  private final Broker broker = new Broker();
  private final HttpEngine http = HttpEngine.start(auth.events::add);
  private final Listener listener = http.listen(ListenSpec.tcp("127.0.0.1", port), this::serve);
  private final Browser browser = Browser.open();

  @AfterEach
  void close() {
    browser.close();
    listener.drain(Duration.ofSeconds(1));
    http.close();
    auth.close();
    provider.close();
  }

  private Response serve(Request request) {
    var path = request.path();
    if (path.startsWith("/auth/v1/")) {
      return auth.server.handle(request.withPath(path.substring("/auth/v1".length())));
    }
    if (path.startsWith("/~oauth/")) {
      return broker.handle(request.withPath(path.substring("/~oauth".length())));
    }
    return switch (path) {
      case "/" -> Response.of(200, "text/html", APP);
      case "/frame" -> Response.of(200, "text/html", FRAME);
      case "/cloud-auth.js" -> Response.of(200, "text/javascript", packaged());
      default -> Response.text(404, "nothing here");
    };
  }

  private static String packaged() {
    try {
      return Files.readString(PACKAGE);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String at(Page page, String part) {
    page.waitForURL(url -> url.contains(part));
    return page.url();
  }

  @Test
  void theImplicitFlowEndsWithASession() {
    var page = browser.page();
    page.navigate(home + "/auth/v1/authorize?provider=google");
    OpenIdProvider.signIn(page, "ada");
    var fragment = Call.parse(URI.create(at(page, "access_token=")).getRawFragment());
    assertThat(fragment).containsKeys("refresh_token", "provider_token");
    var user = auth.get("/user", AuthFixture.bearer(fragment.getOrDefault("access_token", "")));
    assertThat(user.text("/email")).isEqualTo("ada@example.com");
    assertThat(user.text("/user_metadata/full_name")).isEqualTo("ada of the test");
    assertThat(user.text("/user_metadata/iss")).isEqualTo(provider.issuer);
    assertThat(user.json().at("/user_metadata/email_verified").asBoolean()).isTrue();
  }

  @Test
  void thePkceFlowEndsWithACode() {
    var verifier = "w".repeat(60);
    var page = browser.page();
    page.navigate(
        home
            + "/auth/v1/authorize?provider=custom%3Ahouse&code_challenge_method=s256"
            + "&code_challenge="
            + FlowStates.s256(verifier));
    OpenIdProvider.signIn(page, "bea");
    var query = Call.parse(URI.create(at(page, "/?code=")).getRawQuery());
    var session =
        auth.post(
            "/token?grant_type=pkce",
            "{\"auth_code\":\""
                + query.getOrDefault("code", "")
                + "\",\"code_verifier\":\""
                + verifier
                + "\"}");
    assertThat(session.text("/user/email")).isEqualTo("bea@example.com");
    assertThat(session.text("/user/app_metadata/provider")).isEqualTo("custom:house");
    assertThat(session.text("/provider_token")).isNotEmpty();
  }

  @Test
  void whoTurnsBackAtTheProviderReadsThat() {
    var page = browser.page();
    page.navigate(home + "/auth/v1/authorize?provider=google");
    page.click("text=[ Cancel ]");
    assertThat(at(page, "error=")).contains("?error=access_denied&error_description=");
  }

  @Test
  void theBrokerSignsInAWholeWindow() {
    var page = browser.page();
    page.navigate(home + "/");
    page.waitForFunction("document.title === 'Ready'");
    page.click("button");
    at(page, provider.issuer);
    OpenIdProvider.signIn(page, "cleo");
    var fragment = Call.parse(URI.create(at(page, "access_token=")).getRawFragment());
    assertThat(fragment).containsKeys("refresh_token", "expires_in", "token_type");
    assertThat(page.url()).startsWith(home);
  }

  @Test
  void theBrokerSignsInAFrameByAPopup() {
    var page = browser.page();
    page.navigate(home + "/frame");
    var frame = page.frames().getLast();
    frame.waitForFunction("document.title === 'Ready'");
    var popup = page.waitForPopup(() -> frame.click("button"));
    at(popup, provider.issuer);
    OpenIdProvider.signIn(popup, "dora");
    frame.waitForFunction("document.getElementById('told').textContent !== ''");
    var told = frame.textContent("#told");
    assertThat(told).startsWith("tokens: {").contains("refresh_token");
    assertThat(auth.value("select email from auth.users")).isEqualTo("dora@example.com");
  }
}
