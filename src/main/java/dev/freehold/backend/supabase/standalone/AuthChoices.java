package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.supabase.auth.AuthSettings;
import dev.freehold.backend.supabase.auth.AuthSettings.Accounts;
import dev.freehold.backend.supabase.auth.AuthSettings.MailRules;
import dev.freehold.backend.supabase.auth.AuthSettings.PasswordRules;
import dev.freehold.backend.supabase.auth.AuthSettings.Tokens;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// What a configuration means for the auth server.
final class AuthChoices {
  private AuthChoices() {}

  static AuthSettings of(BackendConfiguration configuration) {
    int digits = AuthLimits.digits(configuration, MAILER_OTP_LENGTH);
    var publicUrl = publicUrl(configuration);
    var usual = AuthSettings.at(publicUrl);
    return usual
        .withSiteUrl(configuration.text(SITE_URL))
        .withRedirectAllowList(configuration.list(URI_ALLOW_LIST))
        .withAccounts(
            new Accounts(
                configuration.flag(DISABLE_SIGNUP),
                configuration.flag(EXTERNAL_EMAIL_ENABLED),
                configuration.flag(EXTERNAL_ANONYMOUS_USERS_ENABLED),
                configuration.flag(MAILER_AUTOCONFIRM)))
        .withPasswords(
            new PasswordRules(
                configuration.number(PASSWORD_MIN_LENGTH),
                characters(configuration.text(PASSWORD_REQUIRED_CHARACTERS)),
                configuration.flag(SECURITY_UPDATE_PASSWORD_REQUIRE_REAUTHENTICATION),
                configuration.flag(SECURITY_UPDATE_PASSWORD_REQUIRE_CURRENT_PASSWORD),
                AuthLimits.hashing(configuration),
                AuthLimits.breaches(configuration)))
        .withTokens(
            new Tokens(
                Duration.ofSeconds(configuration.number(JWT_EXP)),
                Duration.ofSeconds(configuration.number(MAILER_OTP_EXP)),
                usual.tokens().flow(),
                Duration.ofSeconds(configuration.number(SECURITY_REFRESH_TOKEN_REUSE_INTERVAL)),
                digits))
        .withMail(
            new MailRules(
                configuration.duration(SMTP_MAX_FREQUENCY),
                configuration.number(RATE_LIMIT_EMAIL_SENT),
                configuration.flag(MAILER_SECURE_EMAIL_CHANGE_ENABLED)))
        .withPhone(AuthLimits.phone(configuration))
        .withFactors(AuthLimits.factors(configuration))
        .withSessions(AuthLimits.sessions(configuration))
        .withLimits(AuthLimits.limits(configuration))
        .withCaptcha(AuthLimits.captcha(configuration))
        .withWebAuthn(AuthLimits.webAuthn(configuration))
        .withOAuthServer(AuthLimits.oauthServer(configuration));
  }

  /// Where clients reach the backend: as configured, or where it listens.
  private static String publicUrl(BackendConfiguration configuration) {
    var url =
        configuration.text(API_EXTERNAL_URL).replaceFirst("/+$", "").replaceFirst("/auth/v1$", "");
    return url.isEmpty()
        ? "http://" + configuration.text(HOST) + ":" + configuration.text(PORT)
        : url;
  }

  /// Sets of characters with colons between them; `\:` is a colon of a set.
  private static List<String> characters(String text) {
    return Arrays.stream(text.split("(?<!\\\\):"))
        .map(set -> set.replace("\\:", ":"))
        .filter(set -> !set.isEmpty())
        .toList();
  }
}
