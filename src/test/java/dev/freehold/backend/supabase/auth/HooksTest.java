package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.freehold.backend.supabase.auth.hook.Hook;
import dev.freehold.backend.supabase.auth.hook.HookName;
import dev.freehold.backend.supabase.auth.hook.HookSettings;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An App's own code is asked: functions of a real database, and a real web server.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HooksTest {
  private static final byte[] KEY = "a secret of some length".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER = "the one to come".getBytes(StandardCharsets.UTF_8);
  private static final String FUNCTIONS =
      """
      create function public.claims(event jsonb) returns jsonb language plpgsql as $$
      begin
        if event->'claims'->>'email' like 'slow%' then perform pg_sleep(5); end if;
        if event->'claims'->>'email' like 'bare%' then
          return jsonb_build_object('claims', (event->'claims') - 'role');
        end if;
        if event->'claims'->>'email' like 'refused%' then
          return '{"error": {"http_code": 403, "message": "not today"}}';
        end if;
        return jsonb_set(event, '{claims,plan}',
            to_jsonb('pro by ' || (event->>'authentication_method')));
      end $$;
      create table public.attempts (event jsonb);
      create function public.attempted(event jsonb) returns jsonb language plpgsql as $$
      begin
        insert into public.attempts values (event);
        if not (event->>'valid')::boolean then
          return '{"decision": "reject", "message": "go away", "should_logout_user": true}';
        end if;
        return '{"decision": "continue"}';
      end $$;
      grant usage on schema public to supabase_auth_admin;
      grant insert on public.attempts to supabase_auth_admin;
      """;

  private record Asked(String path, Map<String, List<String>> headers, String body) {
    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    String header(String name) {
      return headers.getOrDefault(name, List.of("")).getFirst();
    }
  }

  private interface Reply {
    void to(HttpExchange exchange) throws IOException;
  }

  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile Reply reply = HooksTest::nothing;
  private HttpServer web;
  private AuthFixture auth;

  @BeforeAll
  void open() throws IOException {
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext("/", this::hear);
    web.start();
    var hooks = new EnumMap<HookName, Hook>(HookName.class);
    hooks.put(HookName.CUSTOM_ACCESS_TOKEN, function("claims"));
    hooks.put(HookName.PASSWORD_VERIFICATION_ATTEMPT, function("attempted"));
    for (var name :
        List.of(HookName.SEND_EMAIL, HookName.BEFORE_USER_CREATED, HookName.AFTER_USER_CREATED)) {
      hooks.put(name, web(name));
    }
    auth =
        new AuthFixture(
            settings ->
                settings
                    .withAccounts(new AuthSettings.Accounts(false, true, true, false))
                    .withMail(new AuthSettings.MailRules(settings.mail().interval(), 1000, true)),
            ExternalSettings.NONE,
            new HookSettings(hooks),
            Set.of("password_changed"),
            Optional.empty());
    auth.execute(FUNCTIONS);
  }

  @BeforeEach
  void forget() {
    asked.clear();
    reply = HooksTest::nothing;
  }

  @AfterAll
  void close() {
    auth.close();
    web.stop(0);
  }

  @Test
  void aSignUpAsksBeforeTellsAfterAndHandsOverItsMailSigned() throws Exception {
    var answer = auth.signUp("new@example.com", "secret1");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(asked)
        .extracting(Asked::path)
        .containsExactly("/before_user_created", "/send_email", "/after_user_created");
    var before = asked.getFirst();
    assertThat(before.json().at("/metadata/name").asString()).isEqualTo("before-user-created");
    assertThat(before.json().at("/metadata/ip_address").asString()).isEqualTo("127.0.0.1");
    assertThat(before.json().at("/user/email").asString()).isEqualTo("new@example.com");
    assertThat(before.json().at("/user/id").asString()).isEqualTo(answer.text("/id"));
    var mail = asked.get(1);
    assertThat(mail.json().at("/email_data/email_action_type").asString()).isEqualTo("signup");
    assertThat(mail.json().at("/email_data/token").asString()).matches("[0-9]{6}");
    assertThat(mail.json().at("/email_data/site_url").asString())
        .isEqualTo("https://shop.example.com/auth/v1");
    assertThat(auth.mailbox.mails()).isEmpty();
    assertThat(mail.header("Webhook-signature"))
        .isEqualTo(signature(KEY, mail) + ", " + signature(OTHER, mail));
    assertThat(asked.get(2).json().at("/user/identities/0/provider").asString()).isEqualTo("email");
    var hash = mail.json().at("/email_data/token_hash").asString();
    assertThat(auth.get("/verify?type=signup&token=" + hash).location()).contains("access_token=");
  }

  @Test
  void aHookRefusesAUserInItsOwnWordsAndNobodyIsMade() {
    reply =
        exchange ->
            json(exchange, 200, "{\"error\":{\"http_code\":403,\"message\":\"not from here\"}}");

    var answer = auth.signUp("never@example.com", "secret1");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("/msg")).isEqualTo("not from here");
    assertThat(auth.value("select count(*) from auth.users where email = 'never@example.com'"))
        .isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400|500|Invalid payload sent to hook",
        "401|500|Hook requires authorization token",
        "503|500|Service currently unavailable due to hook",
        "302|500|Unexpected status code returned from hook: 302"
      })
  void anAnswerThatIsNoneIsTold(int status, int expected, String message) {
    reply = exchange -> exchange.sendResponseHeaders(status, -1);

    var answer = auth.signUp("status" + status + "@example.com", "secret1");

    assertThat(answer.status()).isEqualTo(expected);
    assertThat(answer.text("/msg")).isEqualTo(message);
    assertThat(answer.text("/error_code")).isEqualTo("unexpected_failure");
  }

  @Test
  void aHookThatAsksForPatienceIsAskedThreeTimes() {
    reply =
        exchange -> {
          exchange.getResponseHeaders().add("Retry-After", "true");
          exchange.sendResponseHeaders(429, -1);
        };

    var answer = auth.signUp("patience@example.com", "secret1");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(asked).hasSize(3);
    assertThat(asked).extracting(one -> one.header("Webhook-id")).doesNotHaveDuplicates();
  }

  @Test
  void anAnswerIsJsonAndSmall() {
    reply =
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("hi".getBytes(StandardCharsets.UTF_8));
        };
    var html = auth.signUp("html@example.com", "secret1");
    assertThat(html.status()).isEqualTo(400);
    assertThat(html.text("/error_code")).isEqualTo("hook_payload_invalid_content_type");
    assertThat(html.text("/msg"))
        .isEqualTo("Invalid JSON response. Received content-type: text/html");

    reply = exchange -> json(exchange, 200, "\"" + "x".repeat(204_800) + "\"");
    var large = auth.signUp("large@example.com", "secret1");
    assertThat(large.status()).isEqualTo(422);
    assertThat(large.text("/error_code")).isEqualTo("hook_payload_over_size_limit");
    assertThat(large.text("/msg")).isEqualTo("Payload size exceeded size limit of 204800 bytes");
  }

  @Test
  void aHookThatDoesNotAnswerCostsFiveSeconds() {
    reply =
        exchange -> {
          try {
            Thread.sleep(6_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };

    var answer = auth.signUp("mute@example.com", "secret1");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/error_code")).isEqualTo("hook_timeout");
    assertThat(answer.text("/msg"))
        .isEqualTo("Failed to reach hook within maximum time of 5.000000 seconds");
  }

  @Test
  void claimsAreTheFunctionsAndCheckedAndItsErrorsAreTheAppsToHandle() {
    var session = confirmed("claims@example.com");
    assertThat(claims(session).path("plan").asString()).isEqualTo("pro by password");
    var refreshed = auth.refresh(session.text("/refresh_token"));
    assertThat(claims(refreshed).path("plan").asString()).isEqualTo("pro by token_refresh");

    var refused = confirmed("refused@example.com");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("/msg")).isEqualTo("not today");
    var bare = confirmed("bare@example.com");
    assertThat(bare.status()).isEqualTo(500);
    assertThat(bare.text("/msg"))
        .isEqualTo(
            """
            output claims do not conform to the expected schema:\s
            - (root): role is required
            """);
    var slow = confirmed("slow@example.com");
    assertThat(slow.status()).isEqualTo(500);
    assertThat(slow.text("/msg"))
        .isEqualTo("Error running hook URI: pg-functions://postgres/public/claims");
  }

  @Test
  void aPasswordAttemptIsToldAndMayBeRejectedWithEverySession() {
    var session = confirmed("attempt@example.com");
    assertThat(session.status()).isEqualTo(200);

    var rejected = auth.signIn("attempt@example.com", "wrong-one");

    assertThat(rejected.status()).isEqualTo(400);
    assertThat(rejected.text("/error_code")).isEqualTo("invalid_credentials");
    assertThat(rejected.text("/msg")).isEqualTo("go away");
    assertThat(auth.get("/user", AuthFixture.bearer(session.text("/access_token"))).status())
        .isEqualTo(403);
    assertThat(auth.value("select event->>'valid' from public.attempts order by 1 limit 1"))
        .isEqualTo("false");
  }

  @Test
  void aChangedPasswordIsNoticedWhereTheAppWantsIt() {
    var session = confirmed("notice@example.com");
    asked.clear();
    auth.send(
        "PUT",
        "/user",
        "{\"password\":\"another-one\"}",
        AuthFixture.bearer(session.text("/access_token")));
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst().json().at("/email_data/email_action_type").asString())
        .isEqualTo("password_changed_notification");
  }

  @Test
  void aMailThatIsNotTakenUndoesEverything() {
    try (var failing =
        new AuthFixture(
            settings -> settings.withAccounts(new AuthSettings.Accounts(false, true, false, false)),
            ExternalSettings.NONE,
            HookSettings.NONE,
            Set.of(),
            Optional.of(mail -> {
              throw new MailFailed("550 not here");
            }))) {
      var answer = failing.signUp("lost@example.com", "secret1");
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text("/error_code")).isEqualTo("unexpected_failure");
      assertThat(answer.text("/msg")).isEqualTo("Error sending confirmation email");
      assertThat(failing.value("select count(*) from auth.users")).isEqualTo("0");
      assertThat(failing.events).anyMatch(event -> event.describe().contains("550 not here"));
    }
  }

  private AuthFixture.Answer confirmed(String email) {
    auth.signUp(email, "secret1");
    auth.execute("update auth.users set email_confirmed_at = now() where email = '" + email + "'");
    return auth.signIn(email, "secret1");
  }

  private static JsonNode claims(AuthFixture.Answer session) {
    var payload = session.text("/access_token").split("\\.")[1];
    return JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(payload));
  }

  private static Hook function(String name) {
    return Hook.parse("pg-functions://postgres/public/" + name, "");
  }

  private Hook web(HookName name) {
    return Hook.parse(
        "http://127.0.0.1:" + web.getAddress().getPort() + "/" + name.setting(),
        secret(KEY) + "|" + secret(OTHER));
  }

  private static String secret(byte[] key) {
    return "v1,whsec_" + Base64.getEncoder().encodeToString(key);
  }

  private static String signature(byte[] key, Asked one) throws Exception {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    var signed =
        one.header("Webhook-id") + "." + one.header("Webhook-timestamp") + "." + one.body();
    return "v1,"
        + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }

  private void hear(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(
          new Asked(
              exchange.getRequestURI().getPath(),
              Map.copyOf(exchange.getRequestHeaders()),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
      reply.to(exchange);
    }
  }

  private static void nothing(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(204, -1);
  }

  private static void json(HttpExchange exchange, int status, String body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json; charset=utf-8");
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
