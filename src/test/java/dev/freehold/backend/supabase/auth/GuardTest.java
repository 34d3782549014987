package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.freehold.backend.supabase.auth.AuthSettings.Hashing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What keeps callers out: limits, captchas, breached passwords, the ends of sessions.
class GuardTest {
  private static final String NEW = "X-Supabase-Api-Version";
  private final CopyOnWriteArrayList<String> asked = new CopyOnWriteArrayList<>();
  private volatile String answer = "{}";
  private volatile int status = 200;
  private HttpServer elsewhere;

  @BeforeEach
  void listen() throws IOException {
    elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    elsewhere.createContext(
        "/",
        exchange -> {
          var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          asked.add(exchange.getRequestURI().getPath() + " " + body);
          var bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    elsewhere.start();
  }

  @AfterEach
  void stop() {
    elsewhere.stop(0);
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + elsewhere.getAddress().getPort() + path);
  }

  @Test
  void anAddressThatAsksTooOftenWaits() {
    try (var auth =
        new AuthFixture(s -> s.withLimits(RateLimits.DEFAULT.withHeader("X-Forwarded-For")))) {
      var body = "{\"email\":\"nobody@example.com\"}";
      for (int i = 0; i < 30; i++) {
        assertThat(auth.post("/recover", body, "X-Forwarded-For", "10.0.0.1, 10.9.9.9").status())
            .isEqualTo(200);
      }
      var old = auth.post("/recover", body, "X-Forwarded-For", "10.0.0.1");
      assertThat(old.status()).isEqualTo(429);
      assertThat(old.text("/error_code")).isEqualTo("over_request_rate_limit");
      assertThat(old.text("/msg")).isEqualTo("Request rate limit reached");
      var recent = auth.post("/recover", body, "X-Forwarded-For", "10.0.0.1", NEW, "2024-01-01");
      assertThat(recent.text("/code")).isEqualTo("over_request_rate_limit");
      assertThat(auth.post("/recover", body, "X-Forwarded-For", "10.0.0.2").status())
          .isEqualTo(200);
      var other = "{\"email\":\"somebody@example.com\"}";
      assertThat(auth.post("/otp", other, "X-Forwarded-For", "10.0.0.1").status()).isEqualTo(200);
      auth.clock.advance(Duration.ofSeconds(10));
      assertThat(auth.post("/recover", body, "X-Forwarded-For", "10.0.0.1").status())
          .isEqualTo(200);
    }
  }

  @Test
  void captchasAreCheckedWhereTheyAreAskedFor() {
    var rules = new CaptchaRules(true, at("/siteverify"), "shh", Duration.ofSeconds(5));
    try (var auth = new AuthFixture(s -> s.withCaptcha(rules))) {
      var without = auth.signUp("c@example.com", "secret1");
      assertThat(without.status()).isEqualTo(400);
      assertThat(without.text("/error_code")).isEqualTo("captcha_failed");
      assertThat(without.text("/msg"))
          .isEqualTo("captcha protection: request disallowed (no captcha_token found)");
      var body =
          "{\"email\":\"c@example.com\",\"password\":\"secret1\","
              + "\"gotrue_meta_security\":{\"captcha_token\":\"tok\"}}";
      answer = "{\"success\":false,\"error-codes\":[\"timeout-or-duplicate\"]}";
      assertThat(auth.post("/signup", body).text("/msg"))
          .isEqualTo("captcha protection: request disallowed (timeout-or-duplicate)");
      answer = "{\"success\":true}";
      var in = auth.post("/signup", body);
      assertThat(in.status()).isEqualTo(200);
      assertThat(asked.getLast())
          .isEqualTo("/siteverify remoteip=127.0.0.1&response=tok&secret=shh");
      assertThat(auth.refresh(in.text("/refresh_token")).status()).isEqualTo(200);
      for (var nonsense : List.of("no JSON", "[]", "")) {
        answer = nonsense;
        var failed = auth.post("/signup", body);
        assertThat(failed.status()).as(nonsense).isEqualTo(500);
        assertThat(failed.text("/error_code")).isEqualTo("unexpected_failure");
        assertThat(failed.text("/msg")).isEqualTo("captcha verification process failed");
      }
    }
  }

  @Test
  void passwordsFromBreachesAreRefused() {
    // SHA-1 of "password" is 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8.
    var rules = new BreachRules(true, false, at("/range/"), Duration.ofSeconds(5));
    try (var auth = new AuthFixture(s -> s.withPasswords(s.passwords().withBreaches(rules)))) {
      answer = "0000:1\r\n1E4C9B93F3F0682250B6CF8331B7EE68FD8:3861493\r\n";
      var weak = auth.signUp("b@example.com", "password");
      assertThat(weak.status()).isEqualTo(422);
      assertThat(weak.text("/weak_password/reasons/0")).isEqualTo("pwned");
      assertThat(asked.getLast()).isEqualTo("/range/5BAA6 ");
      status = 503;
      assertThat(auth.signUp("b@example.com", "password").status()).isEqualTo(200);
    }
    var closed = new BreachRules(true, true, at("/range/"), Duration.ofSeconds(5));
    try (var auth = new AuthFixture(s -> s.withPasswords(s.passwords().withBreaches(closed)))) {
      assertThat(auth.signUp("b@example.com", "password").status()).isEqualTo(500);
    }
  }

  @Test
  void newPasswordsMayBeKeptAsArgon2AndOldOnesAskedFor() {
    try (var auth =
        new AuthFixture(s ->
            s.withPasswords(
                s.passwords().withHashing(Hashing.ARGON2ID).withCurrentRequired(true)))) {
      var token = auth.signUp("a@example.com", "secret1").text("/access_token");
      assertThat(auth.value("select encrypted_password from auth.users"))
          .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
      assertThat(auth.signIn("a@example.com", "secret1").status()).isEqualTo(200);
      assertThat(auth.signIn("a@example.com", "secret2").status()).isEqualTo(400);
      var bearer = AuthFixture.bearer(token);
      assertThat(
              auth.send("PUT", "/user", "{\"password\":\"secret2\"}", bearer).text("/error_code"))
          .isEqualTo("current_password_required");
      var wrong = "{\"password\":\"secret2\",\"current_password\":\"x\"}";
      assertThat(auth.send("PUT", "/user", wrong, bearer).text("/error_code"))
          .isEqualTo("current_password_invalid");
      var right = "{\"password\":\"secret2\",\"current_password\":\"secret1\"}";
      assertThat(auth.send("PUT", "/user", right, bearer).status()).isEqualTo(200);
    }
  }

  @Test
  void sessionsEndByTheirRules() {
    var day = Duration.ofDays(1);
    var hour = Duration.ofHours(1);
    try (var auth =
        new AuthFixture(s -> s.withSessions(new SessionRules(day, hour, Duration.ZERO, false)))) {
      var first = auth.signUp("s@example.com", "secret1").text("/refresh_token");
      auth.clock.advance(Duration.ofMinutes(61));
      assertThat(auth.refresh(first).text("/msg"))
          .isEqualTo("Invalid Refresh Token: Session Expired (Inactivity)");
      var token = auth.signIn("s@example.com", "secret1").text("/refresh_token");
      for (int i = 0; i < 25; i++) {
        auth.clock.advance(Duration.ofMinutes(59));
        var answer = auth.refresh(token);
        if (answer.status() != 200) {
          assertThat(i).isEqualTo(24);
          assertThat(answer.text("/error_code")).isEqualTo("session_expired");
          assertThat(answer.text("/msg")).isEqualTo("Invalid Refresh Token: Session Expired");
        }
        token = answer.text("/refresh_token");
      }
    }
    var single = new SessionRules(Duration.ZERO, Duration.ZERO, Duration.ZERO, true);
    try (var auth = new AuthFixture(s -> s.withSessions(single))) {
      var old = auth.signUp("s@example.com", "secret1").text("/refresh_token");
      auth.clock.advance(Duration.ofMinutes(1));
      var fresh = auth.signIn("s@example.com", "secret1").text("/refresh_token");
      assertThat(auth.refresh(old).text("/msg"))
          .isEqualTo("Invalid Refresh Token: Session Expired (Revoked by Newer Login)");
      assertThat(auth.refresh(fresh).status()).isEqualTo(200);
    }
  }
}
