package dev.freehold.backend.supabase.project;

import dev.freehold.backend.supabase.auth.AuthSettings;
import dev.freehold.backend.supabase.auth.AuthSettings.Accounts;
import dev.freehold.backend.supabase.auth.AuthSettings.MailRules;
import dev.freehold.backend.supabase.auth.AuthSettings.PasswordRules;
import dev.freehold.backend.supabase.auth.AuthSettings.Tokens;
import dev.freehold.backend.supabase.auth.CaptchaRules;
import dev.freehold.backend.supabase.auth.FactorRules;
import dev.freehold.backend.supabase.auth.PhoneRules;
import dev.freehold.backend.supabase.auth.RateLimits;
import dev.freehold.backend.supabase.auth.SessionRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The settings of `[auth]`: what it says goes before what is usual, and nothing else changes.
public final class AuthRules {
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String DIGITS = "0123456789";
  private static final String SYMBOLS = "!@#$%^&*()_+-=[]{};'\\:\"|<>?,./`~";
  private static final int LEAST_DIGITS = 6;
  private static final int MOST_DIGITS = 10;

  private final Table auth;
  private final Table email;
  private final Table sms;

  AuthRules(Table auth) {
    this.auth = auth;
    this.email = auth.table("email");
    this.sms = auth.table("sms");
  }

  /// For a backend that stands alone, as the Supabase CLI's local stack: all of it counts.
  public AuthSettings whole(AuthSettings usual) {
    var sent = auth.table("rate_limit");
    var settings = served(usual);
    return settings
        .withSiteUrl(auth.text("site_url", usual.siteUrl()))
        .withMail(
            new MailRules(
                settings.mail().interval(),
                sent.number("email_sent", usual.mail().perHour()),
                settings.mail().secureEmailChange()));
  }

  /// For an App that is served: its site is where it is served now, not where it was, and how many
  /// mails an hour may be sent is left out, which there is a figure for the CLI's local stack.
  public AuthSettings served(AuthSettings usual) {
    return usual
        .withRedirectAllowList(targets(usual.redirectAllowList()))
        .withAccounts(accounts(usual.accounts()))
        .withPasswords(passwords(usual.passwords()))
        .withTokens(tokens(usual.tokens()))
        .withMail(mail(usual.mail()))
        .withPhone(phone(usual.phone()))
        .withFactors(factors(usual.factors()))
        .withSessions(sessions(usual.sessions()))
        .withLimits(limits(usual.limits()))
        .withCaptcha(captcha(usual.captcha()));
  }

  /// Whether new addresses are confirmed by mail.
  public boolean mustConfirm(boolean usual) {
    return email.flag("enable_confirmations", usual);
  }

  private List<String> targets(List<String> usual) {
    var all = new ArrayList<>(usual);
    all.addAll(auth.list("additional_redirect_urls"));
    return all;
  }

  private Accounts accounts(Accounts usual) {
    return new Accounts(
        !auth.flag("enable_signup", !usual.signupDisabled()),
        email.flag("enable_signup", usual.emailEnabled()),
        auth.flag("enable_anonymous_sign_ins", usual.anonymousEnabled()),
        !mustConfirm(!usual.autoconfirm()));
  }

  private PasswordRules passwords(PasswordRules usual) {
    return new PasswordRules(
        auth.number("minimum_password_length", usual.minLength()),
        characters(usual.requiredCharacters()),
        email.flag("secure_password_change", usual.reauthenticate()),
        usual.currentRequired(),
        usual.hashing(),
        usual.breaches());
  }

  private List<String> characters(List<String> usual) {
    return switch (auth.text("password_requirements", "")) {
      case "letters_digits" -> List.of(LOWER + UPPER, DIGITS);
      case "lower_upper_letters_digits" -> List.of(LOWER, UPPER, DIGITS);
      case "lower_upper_letters_digits_symbols" -> List.of(LOWER, UPPER, DIGITS, SYMBOLS);
      default -> usual;
    };
  }

  private Tokens tokens(Tokens usual) {
    return new Tokens(
        auth.seconds("jwt_expiry", usual.access()),
        email.seconds("otp_expiry", usual.mailed()),
        usual.flow(),
        auth.seconds("refresh_token_reuse_interval", usual.reuse()),
        digits(email, usual.codeDigits()));
  }

  private static int digits(Table table, int usual) {
    return Math.clamp(table.number("otp_length", usual), LEAST_DIGITS, MOST_DIGITS);
  }

  private MailRules mail(MailRules usual) {
    return new MailRules(
        email.duration("max_frequency", usual.interval()),
        usual.perHour(),
        email.flag("double_confirm_changes", usual.secureEmailChange()));
  }

  private PhoneRules phone(PhoneRules usual) {
    var codes = new LinkedHashMap<>(usual.testCodes());
    var tests = sms.table("test_otp");
    tests
        .values()
        .forEach((number, _) -> {
          var code = tests.text(number, "");
          var digits = number.replaceFirst("^\\+", "");
          if (digits.matches("[0-9]{2,15}") && code.matches("[0-9]{4,10}")) {
            codes.put(digits, code);
          }
        });
    return new PhoneRules(
        sms.flag("enable_signup", usual.enabled()),
        !sms.flag("enable_confirmations", !usual.autoconfirm()),
        sms.duration("max_frequency", usual.interval()),
        usual.lifetime(),
        usual.digits(),
        usual.perHour(),
        sms.text("template", usual.message()),
        Map.copyOf(codes));
  }

  private FactorRules factors(FactorRules usual) {
    var mfa = auth.table("mfa");
    var phone = mfa.table("phone");
    return new FactorRules(
        mfa.number("max_enrolled_factors", usual.maxEnrolled()),
        usual.maxVerified(),
        usual.challenge(),
        usual.unverified(),
        kind(mfa.table("totp"), usual.totp()),
        kind(phone, usual.phone()),
        phone.duration("max_frequency", usual.phoneInterval()),
        digits(phone, usual.phoneDigits()));
  }

  private static FactorRules.Kind kind(Table table, FactorRules.Kind usual) {
    return new FactorRules.Kind(
        table.flag("enroll_enabled", usual.enroll()), table.flag("verify_enabled", usual.verify()));
  }

  private SessionRules sessions(SessionRules usual) {
    var sessions = auth.table("sessions");
    return new SessionRules(
        sessions.duration("timebox", usual.timebox()),
        sessions.duration("inactivity_timeout", usual.inactivity()),
        usual.lowAal(),
        usual.singlePerUser());
  }

  private RateLimits limits(RateLimits usual) {
    var limits = auth.table("rate_limit");
    return new RateLimits(
        usual.header(),
        limits.number("token_refresh", usual.tokenRefresh()),
        limits.number("token_verifications", usual.verify()),
        limits.number("sign_in_sign_ups", usual.otp()),
        limits.number("anonymous_users", usual.anonymous()),
        usual.sso(),
        usual.factor());
  }

  private CaptchaRules captcha(CaptchaRules usual) {
    var captcha = auth.table("captcha");
    if (!captcha.has("enabled")) {
      return usual;
    }
    var at =
        captcha.text("provider", "hcaptcha").equals("turnstile")
            ? CaptchaRules.TURNSTILE
            : CaptchaRules.HCAPTCHA;
    var secret = captcha.text("secret", "");
    boolean enabled = captcha.flag("enabled", false) && !secret.isEmpty();
    return new CaptchaRules(enabled, at, secret, usual.timeout());
  }
}
