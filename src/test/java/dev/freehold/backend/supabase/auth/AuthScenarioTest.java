package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.auth.AuthSettings.Accounts;
import dev.freehold.backend.supabase.auth.AuthSettings.MailRules;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every route's success and its refusals, in both formats of refusals: the files of
/// `src/test/resources/auth`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AuthScenarioTest {
  private static final String VERSION = "X-Supabase-Api-Version";
  private static final String NEW = "2024-01-01";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]+)}");
  private static final Pattern CODE = Pattern.compile("error_code=([a-z_]+)");
  private static final Path SOURCES = Path.of("src/main/java/dev/freehold/backend/supabase/auth");

  /// Routes whose success needs another machine, or a key that only code can hold.
  private static final Map<String, String> PROVEN_ELSEWHERE =
      Map.of(
          "GET /callback", "ExternalSignInTest",
          "POST /callback", "IdTokenTest",
          "POST /passkeys/registration/verify", "PasskeyTest",
          "POST /passkeys/authentication/verify", "PasskeyTest",
          "POST /sso", "off",
          "GET /sso/saml/metadata", "off",
          "POST /sso/saml/acs", "off");

  /// Codes whose refusal needs a hook, a captcha, a crowd, another machine or a broken database.
  private static final Map<String, String> REFUSED_ELSEWHERE =
      Map.ofEntries(
          Map.entry("captcha_failed", "GuardTest"),
          Map.entry("session_expired", "GuardTest"),
          Map.entry("over_request_rate_limit", "GuardTest"),
          Map.entry("request_entity_too_large", "RefusalTest"),
          Map.entry("conflict", "RefreshStormTest"),
          Map.entry("request_timeout", "a server that ends"),
          Map.entry("unexpected_failure", "RefusalTest"),
          Map.entry("mfa_verification_rejected", "HooksTest"),
          Map.entry("webauthn_challenge_expired", "PasskeyTest"),
          Map.entry("webauthn_credential_exists", "PasskeyTest"),
          Map.entry("provider_email_needs_verification", "ExternalSignInTest"),
          Map.entry("identity_already_exists", "ExternalSignInTest"),
          Map.entry("invite_not_found", "ExternalSignInTest"),
          Map.entry("flow_state_already_used", "ExternalSignInTest"),
          Map.entry("oauth_invalid_state", "ExternalSignInTest"),
          Map.entry("oauth_client_state_not_found", "ExternalSignInTest"),
          Map.entry("oauth_client_state_expired", "ExternalSignInTest"),
          Map.entry("unexpected_audience", "a token for others"),
          Map.entry("email_conflict_identity_not_deletable", "ExternalSignInTest"));

  private final Set<String> succeeded = new TreeSet<>();
  private final Set<String> refused = new TreeSet<>();
  private final List<AuthFixture> fixtures = new ArrayList<>();

  @AfterAll
  void close() {
    fixtures.forEach(AuthFixture::close);
  }

  @TestFactory
  @Order(1)
  List<DynamicTest> scenarios() throws IOException, URISyntaxException {
    var folder = Path.of(AuthScenarioTest.class.getResource("/auth").toURI());
    var tests = new ArrayList<DynamicTest>();
    List<Path> files;
    try (var list = Files.list(folder)) {
      files = list.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
    }
    for (var file : files) {
      var text = Files.readString(file);
      var words =
          List.of(text.lines().findFirst().orElseThrow().replace("settings:", "").split(" "));
      var run = new Run(words);
      for (var step : AuthScenario.read(text)) {
        tests.add(
            DynamicTest.dynamicTest(file.getFileName() + ": " + step.name(), () -> run.step(step)));
      }
    }
    return tests;
  }

  @Test
  @Order(2)
  void everyRouteWasAnsweredOnce() {
    var missing = new TreeSet<>(fixtures.getFirst().server.routes());
    missing.removeAll(succeeded);
    missing.removeAll(PROVEN_ELSEWHERE.keySet());
    assertThat(missing).isEmpty();
  }

  @Test
  @Order(3)
  void everyCodeWasRefusedOnce() throws IOException {
    var codes = new TreeSet<String>();
    var call =
        Pattern.compile(
            "AuthError\\s*\\.\\s*(?:badRequest|forbidden|notFound|unprocessable|of)\\(\\s*"
                + "(?:\\d+,\\s*)?\"([a-z_]+)\"");
    try (var sources = Files.list(SOURCES)) {
      for (var source : sources.filter(f -> f.toString().endsWith(".java")).toList()) {
        call.matcher(Files.readString(source)).results().forEach(m -> codes.add(m.group(1)));
      }
    }
    assertThat(codes).hasSizeGreaterThan(60);
    codes.removeAll(refused);
    codes.removeAll(REFUSED_ELSEWHERE.keySet());
    assertThat(codes).isEmpty();
  }

  /// The steps of one file, on one server.
  private final class Run {
    private final Map<String, String> variables = new HashMap<>();
    private final AuthFixture auth;

    Run(List<String> words) {
      this.auth = fixture(words);
      fixtures.add(auth);
    }

    void step(AuthScenario step) {
      for (var line : step.before()) {
        if (line.startsWith("advance: ")) {
          auth.clock.advance(Duration.ofSeconds(Long.parseLong(line.substring(9))));
        } else {
          auth.execute(fill(line.substring(line.indexOf(' ') + 1)));
        }
      }
      if (step.isRefusal()) {
        refuse(step);
      } else {
        succeed(step);
      }
    }

    private AuthFixture.Answer send(AuthScenario step, String... more) {
      var headers = new ArrayList<>(List.of(more));
      if (!step.as().isEmpty()) {
        headers.addAll(
            List.of(
                step.as().equals("admin")
                    ? auth.admin()
                    : AuthFixture.bearer(variables.getOrDefault(step.as(), fill(step.as())))));
      }
      return auth.send(
          step.method(), fill(step.path()), fill(step.body()), headers.toArray(String[]::new));
    }

    private void refuse(AuthScenario step) {
      var words = step.expected().split(" ", 2);
      if (words[0].startsWith("oauth:")) {
        var answer = send(step);
        assertThat(answer.status()).as(answer.body()).isEqualTo(step.status());
        assertThat(answer.text("/error")).isEqualTo(words[0].substring(6).replace('·', ' '));
        matches(answer.text("/error_description"), words[1]);
        return;
      }
      var old = send(step);
      assertThat(old.status()).as(old.body() + auth.events).isEqualTo(step.status());
      assertThat(old.json().path("code").asInt()).as(old.body()).isEqualTo(step.status());
      assertThat(old.text("/error_code")).as(old.body()).isEqualTo(words[0]);
      matches(old.text("/msg"), words[1]);
      refused.add(words[0]);
      if (step.isOnce()) {
        return;
      }
      var recent = send(step, VERSION, NEW);
      assertThat(recent.status()).isEqualTo(step.status());
      assertThat(recent.headers().first(VERSION)).hasValue(NEW);
      assertThat(recent.text("/code")).isEqualTo(words[0]);
      matches(recent.text("/message"), words[1]);
      assertThat(recent.json().has("error_code")).isFalse();
    }

    private void matches(String message, String expected) {
      if (expected.endsWith("…")) {
        assertThat(message).startsWith(expected.substring(0, expected.length() - 1));
      } else {
        assertThat(message).isEqualTo(fill(expected));
      }
    }

    private void succeed(AuthScenario step) {
      var answer = send(step);
      assertThat(answer.status()).as(answer.body() + auth.events).isEqualTo(step.status());
      if (step.status() >= 300) {
        assertThat(answer.location()).containsPattern(step.expected());
        CODE.matcher(answer.location()).results().forEach(m -> refused.add(m.group(1)));
      } else {
        for (var capture : step.expected().split(" ")) {
          int equals = capture.indexOf('=');
          if (equals > 0) {
            var value = answer.json().at(capture.substring(equals + 1)).asString("");
            assertThat(value).as(capture).isNotEmpty();
            variables.put(capture.substring(0, equals), value);
          }
        }
      }
      if (!step.answer().isEmpty()) {
        contains(answer.json(), JSON.readTree(fill(step.answer())), step.name() + answer.body());
      }
      var path = fill(step.path()).replaceFirst("\\?.*", "");
      for (var route : auth.server.routes()) {
        if ((step.method() + " " + path).matches(route.replaceAll("\\{[^}]*}", "[^/]+"))
            && (route.contains("{")
                || !auth.server.routes().contains(step.method() + " " + path)
                || route.equals(step.method() + " " + path))) {
          succeeded.add(route);
        }
      }
    }

    private String fill(String text) {
      return VARIABLE
          .matcher(text)
          .replaceAll(found -> Matcher.quoteReplacement(value(found.group(1))));
    }

    private String known(String name) {
      return Objects.requireNonNull(variables.get(name), name);
    }

    private String value(String name) {
      if (name.startsWith("totp:")) {
        return Totp.code(known(name.substring(5)), auth.clock.instant());
      }
      return switch (name) {
        case "mail.code" -> auth.mailbox.mails().getFirst().code();
        case "mail.hash" -> auth.mailbox.mails().getFirst().tokenHash();
        case "mail2.hash" -> auth.mailbox.mails().get(1).tokenHash();
        case "text.code" -> auth.texts.getFirst().code();
        case "anon" -> auth.keys.api().anon();
        default -> known(name);
      };
    }
  }

  private static void contains(JsonNode actual, JsonNode expected, String where) {
    if (expected.isObject()) {
      for (var field : expected.properties()) {
        assertThat(actual.has(field.getKey())).as(where + " has " + field.getKey()).isTrue();
        contains(actual.get(field.getKey()), field.getValue(), where);
      }
    } else if (expected.isArray()) {
      assertThat(actual.size()).as(where).isEqualTo(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        contains(actual.get(i), expected.get(i), where);
      }
    } else if (!expected.asString("").equals("*")) {
      assertThat(actual).as(where).isEqualTo(expected);
    }
  }

  private static FactorRules withoutTotp() {
    var usual = FactorRules.DEFAULT;
    return new FactorRules(
        usual.maxEnrolled(),
        usual.maxVerified(),
        usual.challenge(),
        usual.unverified(),
        FactorRules.Kind.OFF,
        usual.phone(),
        usual.phoneInterval(),
        usual.phoneDigits());
  }

  private static AuthFixture fixture(List<String> words) {
    var on = words.stream().map(String::strip).collect(Collectors.toSet());
    var external =
        ExternalSettings.of(List.of(ProviderSettings.of("github", "client-1", "secret-1")))
            .withManualLinking(on.contains("linking"));
    return new AuthFixture(
        s -> {
          var all =
              s.withAccounts(
                      new Accounts(
                          on.contains("closed"),
                          !on.contains("noemail"),
                          on.contains("anonymous"),
                          !on.contains("confirm")))
                  .withMail(new MailRules(Duration.ofMinutes(1), 1000, true))
                  .withPasswords(
                      new AuthSettings.PasswordRules(6, List.of(), on.contains("reauthenticate"))
                          .withCurrentRequired(on.contains("current")))
                  .withPhone(
                      on.contains("phones")
                          ? PhoneRules.DEFAULT.withEnabled(true, false)
                          : PhoneRules.DEFAULT)
                  .withOAuthServer(
                      new OAuthServerRules(on.contains("oauth"), on.contains("dynamic")))
                  .withWebAuthn(
                      s.webAuthn()
                          .withPasskeys(on.contains("passkeys"))
                          .withFactors(
                              on.contains("keys") ? FactorRules.Kind.ON : FactorRules.Kind.OFF));
          if (on.contains("nototp")) {
            return all.withFactors(withoutTotp());
          }
          return on.contains("factors")
              ? all.withFactors(FactorRules.DEFAULT.withPhone(FactorRules.Kind.ON))
              : all;
        },
        on.contains("noproviders") ? ExternalSettings.NONE : external);
  }
}
