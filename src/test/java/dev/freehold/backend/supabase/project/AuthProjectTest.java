package dev.freehold.backend.supabase.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.backend.supabase.auth.AuthSettings;
import dev.freehold.backend.supabase.auth.CaptchaRules;
import dev.freehold.backend.supabase.auth.FactorRules;
import dev.freehold.backend.supabase.auth.hook.HookName;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings;
import dev.freehold.backend.supabase.mail.SmtpSettings;
import dev.freehold.problem.ProblemException;
import dev.freehold.project.AuthTables;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A project's `config.toml`, from its text to what the auth server makes of it.
class AuthProjectTest {
  private static final AuthSettings USUAL = AuthSettings.at("https://shop.example.com");
  private static final Map<String, String> VARIABLES =
      Map.of("GOOGLE_SECRET", "g-secret", "HOOK", "v1,whsec_" + "A".repeat(44), "LINKING", "true");

  private static AuthProject project(String toml) {
    var section =
        AuthTables.read(
            toml,
            "config.toml",
            path ->
                path.equals("supabase/templates/hi.html")
                    ? Optional.of("<p>Hi {{ .Email }}</p>")
                    : Optional.empty());
    return new AuthProject(section, name -> Optional.ofNullable(VARIABLES.get(name)));
  }

  @Test
  void everyRuleCounts() {
    var project =
        project(
            """
            [auth]
            site_url = "https://old.example.com"
            additional_redirect_urls = ["exp://**"]
            jwt_expiry = 600
            refresh_token_reuse_interval = 3
            enable_signup = false
            enable_anonymous_sign_ins = true
            enable_manual_linking = "env(LINKING)"
            minimum_password_length = 9
            password_requirements = "letters_digits"
            [auth.email]
            enable_confirmations = true
            double_confirm_changes = false
            secure_password_change = true
            max_frequency = "5s"
            otp_length = 8
            otp_expiry = 120
            [auth.sms]
            enable_signup = true
            template = "It is {{ .Code }}"
            [auth.sms.test_otp]
            4152127777 = "123456"
            [auth.mfa]
            max_enrolled_factors = 3
            [auth.mfa.totp]
            enroll_enabled = false
            verify_enabled = true
            [auth.mfa.phone]
            enroll_enabled = true
            verify_enabled = true
            [auth.sessions]
            timebox = "24h"
            inactivity_timeout = "8h"
            [auth.rate_limit]
            email_sent = 2
            token_refresh = 7
            [auth.captcha]
            enabled = true
            provider = "turnstile"
            secret = "0x"
            """);

    var settings = project.rules().served(USUAL);

    assertThat(settings.siteUrl()).isEqualTo("https://shop.example.com");
    assertThat(settings.redirectAllowList())
        .containsExactly("https://shop.example.com/**", "exp://**");
    assertThat(settings.tokens())
        .isEqualTo(
            new AuthSettings.Tokens(
                Duration.ofMinutes(10),
                Duration.ofMinutes(2),
                Duration.ofMinutes(5),
                Duration.ofSeconds(3),
                8));
    assertThat(settings.accounts()).isEqualTo(new AuthSettings.Accounts(true, true, true, false));
    assertThat(settings.passwords().minLength()).isEqualTo(9);
    assertThat(settings.passwords().requiredCharacters()).hasSize(2);
    assertThat(settings.passwords().reauthenticate()).isTrue();
    assertThat(settings.mail())
        .isEqualTo(new AuthSettings.MailRules(Duration.ofSeconds(5), 30, false));
    assertThat(settings.phone().enabled()).isTrue();
    assertThat(settings.phone().testCodes()).containsExactly(Map.entry("4152127777", "123456"));
    assertThat(settings.factors().maxEnrolled()).isEqualTo(3);
    assertThat(settings.factors().totp()).isEqualTo(new FactorRules.Kind(false, true));
    assertThat(settings.factors().phone()).isEqualTo(FactorRules.Kind.ON);
    assertThat(settings.sessions().timebox()).isEqualTo(Duration.ofDays(1));
    assertThat(settings.limits().tokenRefresh()).isEqualTo(7);
    assertThat(settings.captcha().verifyAt()).isEqualTo(CaptchaRules.TURNSTILE);
    assertThat(settings.captcha().enabled()).isTrue();
    assertThat(project.manualLinking()).isTrue();
    var whole = project.rules().whole(USUAL);
    assertThat(whole.siteUrl()).isEqualTo("https://old.example.com");
    assertThat(whole.mail().perHour()).isEqualTo(2);
    assertThat(project.complaints()).isEmpty();
  }

  @Test
  void whatIsNotSaidOrMakesNoSenseStaysAsItIs() {
    assertThat(project("project_id = \"x\"\n").rules().served(USUAL)).isEqualTo(USUAL);
    var strange =
        project(
            """
            [auth]
            jwt_expiry = "soon"
            minimum_password_length = -4
            enable_signup = 1
            password_requirements = "all of them"
            [auth.email]
            max_frequency = "often"
            [auth.sessions]
            timebox = "-3h"
            """);
    assertThat(strange.rules().served(USUAL)).isEqualTo(USUAL);
  }

  @Test
  void hooksProvidersAndTheMailServerTakeTheirSecretsFromVariables() {
    var project =
        project(
            """
            [auth.external.google]
            enabled = true
            client_id = "one,two"
            secret = "env(GOOGLE_SECRET)"
            skip_nonce_check = true
            [auth.external.github]
            enabled = false
            client_id = "x"
            [auth.hook.send_email]
            enabled = true
            uri = "https://shop.example.com/hook"
            secrets = "env(HOOK)"
            [auth.email.smtp]
            host = "smtp.example.com"
            port = 465
            user = "shop"
            pass = "env(GOOGLE_SECRET)"
            admin_email = "hello@example.com"
            [auth.email.template.invite]
            subject = "Come in"
            content_path = "./supabase/templates/hi.html"
            [auth.email.notification.password_changed]
            enabled = true
            """);

    var google = project.providers().getFirst();
    assertThat(project.providers()).hasSize(1);
    assertThat(google.name()).isEqualTo("google");
    assertThat(google.clientIds()).isEqualTo(List.of("one", "two"));
    assertThat(google.secret()).isEqualTo("g-secret");
    assertThat(google.rules()).isEqualTo(new ProviderSettings.Rules(true, false));
    assertThat(project.hooks().has(HookName.SEND_EMAIL)).isTrue();
    assertThat(project.smtp().orElseThrow().security()).isEqualTo(SmtpSettings.Security.TLS);
    assertThat(project.smtp().orElseThrow().password()).isEqualTo("g-secret");
    assertThat(project.notices()).containsExactly("password_changed");
    assertThat(project.complaints()).isEmpty();
  }

  @Test
  void whatCannotBeFollowedIsSaid() {
    var project =
        project(
            """
            [auth.captcha]
            enabled = true
            secret = "env(NOBODY)"
            [auth.external.google]
            enabled = true
            [auth.external.nowhere]
            enabled = true
            client_id = "x"
            [auth.hook.send_email]
            enabled = true
            uri = "https://shop.example.com/hook"
            secrets = "env(NOBODY)"
            [auth.hook.sing]
            enabled = true
            [auth.email.smtp]
            host = "smtp.example.com"
            user = "shop"
            pass = "env(NOBODY)"
            admin_email = "hello@example.com"
            [auth.sms.twilio]
            enabled = true
            """);

    assertThat(project.complaints())
        .hasSize(7)
        .anyMatch(said -> said.startsWith("captcha: its secret is missing"))
        .anyMatch(said -> said.equals("sign-in by google: the client's id is missing"))
        .anyMatch(said -> said.equals("sign-in by nowhere: there is no provider nowhere"))
        .anyMatch(said -> said.startsWith("hook send_email: a hook by web address needs a secret"))
        .anyMatch(said -> said.equals("hook sing: there is no such hook"))
        .anyMatch(said -> said.startsWith("mail server:"))
        .anyMatch(said -> said.startsWith("text messages by twilio"));
    assertThat(project.rules().served(USUAL).captcha().enabled()).isFalse();
    assertThat(project.smtp()).isEmpty();
    assertThat(project.providers()).isEmpty();
    assertThatThrownBy(project::hooks).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFileThatIsNoTomlOrNamesAMissingTemplateIsRefused() {
    assertThatThrownBy(() -> project("[auth"))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().code()).isEqualTo("auth-configuration-invalid"));
    assertThatThrownBy(
            () -> project("[auth.email.template.invite]\ncontent_path = \"../../etc/passwd\"\n"))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().detail()).contains("config.toml names ../../etc/passwd"));
  }
}
