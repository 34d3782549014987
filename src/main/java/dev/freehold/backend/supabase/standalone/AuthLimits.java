package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.supabase.auth.AuthSettings.Hashing;
import dev.freehold.backend.supabase.auth.BreachRules;
import dev.freehold.backend.supabase.auth.CaptchaRules;
import dev.freehold.backend.supabase.auth.FactorRules;
import dev.freehold.backend.supabase.auth.OAuthServerRules;
import dev.freehold.backend.supabase.auth.PhoneRules;
import dev.freehold.backend.supabase.auth.RateLimits;
import dev.freehold.backend.supabase.auth.SessionRules;
import dev.freehold.backend.supabase.auth.WebAuthnRules;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a configuration means for phones, second factors, sessions, limits and captchas.
final class AuthLimits {
  private static final int LEAST_DIGITS = 6;
  private static final int MOST_DIGITS = 10;

  private AuthLimits() {}

  /// Digits of a code, 6 to 10.
  static int digits(BackendConfiguration configuration, BackendOption option) {
    int digits = configuration.number(option);
    if (digits < LEAST_DIGITS || digits > MOST_DIGITS) {
      throw BackendConfiguration.invalid(
              option, "it is a number from " + LEAST_DIGITS + " to " + MOST_DIGITS)
          .raise();
    }
    return digits;
  }

  static PhoneRules phone(BackendConfiguration configuration) {
    return new PhoneRules(
        configuration.flag(EXTERNAL_PHONE_ENABLED),
        configuration.flag(SMS_AUTOCONFIRM),
        configuration.duration(SMS_MAX_FREQUENCY),
        Duration.ofSeconds(configuration.number(SMS_OTP_EXP)),
        digits(configuration, SMS_OTP_LENGTH),
        configuration.number(RATE_LIMIT_SMS_SENT),
        configuration.text(SMS_TEMPLATE),
        testCodes(configuration));
  }

  private static Map<String, String> testCodes(BackendConfiguration configuration) {
    var codes = new LinkedHashMap<String, String>();
    for (var entry : configuration.list(SMS_TEST_OTP)) {
      if (!entry.matches("\\+?[0-9]{2,15}[:=][0-9]{4,10}")) {
        throw BackendConfiguration.invalid(SMS_TEST_OTP, "it is NUMBER:CODE with commas between")
            .raise();
      }
      var halves = entry.replace("+", "").split("[:=]", 2);
      codes.put(halves[0], halves[1]);
    }
    return codes;
  }

  static FactorRules factors(BackendConfiguration configuration) {
    return new FactorRules(
        configuration.number(MFA_MAX_ENROLLED_FACTORS),
        configuration.number(MFA_MAX_VERIFIED_FACTORS),
        Duration.ofSeconds(configuration.number(MFA_CHALLENGE_EXPIRY_DURATION)),
        configuration.duration(MFA_FACTOR_EXPIRY_DURATION),
        new FactorRules.Kind(
            configuration.flag(MFA_TOTP_ENROLL_ENABLED),
            configuration.flag(MFA_TOTP_VERIFY_ENABLED)),
        new FactorRules.Kind(
            configuration.flag(MFA_PHONE_ENROLL_ENABLED),
            configuration.flag(MFA_PHONE_VERIFY_ENABLED)),
        configuration.duration(MFA_PHONE_MAX_FREQUENCY),
        digits(configuration, MFA_PHONE_OTP_LENGTH));
  }

  /// Keys belong to the host of the App's pages, unless another is named.
  static WebAuthnRules webAuthn(BackendConfiguration configuration) {
    var usual = WebAuthnRules.of(configuration.text(SITE_URL));
    var host = configuration.text(WEBAUTHN_RP_ID);
    var name = configuration.text(WEBAUTHN_RP_DISPLAY_NAME);
    var origins = configuration.list(WEBAUTHN_RP_ORIGINS);
    return new WebAuthnRules(
        configuration.flag(PASSKEY_ENABLED),
        configuration.number(PASSKEY_MAX_PASSKEYS_PER_USER),
        new FactorRules.Kind(
            configuration.flag(MFA_WEB_AUTHN_ENROLL_ENABLED),
            configuration.flag(MFA_WEB_AUTHN_VERIFY_ENABLED)),
        host.isEmpty() ? usual.relyingPartyId() : host,
        name.isEmpty() ? usual.relyingPartyName() : name,
        origins.isEmpty() ? usual.origins() : origins,
        configuration.duration(WEBAUTHN_CHALLENGE_EXPIRY_DURATION));
  }

  static OAuthServerRules oauthServer(BackendConfiguration configuration) {
    return new OAuthServerRules(
        configuration.flag(OAUTH_SERVER_ENABLED),
        configuration.flag(OAUTH_SERVER_ALLOW_DYNAMIC_REGISTRATION));
  }

  static SessionRules sessions(BackendConfiguration configuration) {
    return new SessionRules(
        configuration.duration(SESSIONS_TIMEBOX),
        configuration.duration(SESSIONS_INACTIVITY_TIMEOUT),
        configuration.duration(SESSIONS_ALLOW_LOW_AAL),
        configuration.flag(SESSIONS_SINGLE_PER_USER));
  }

  static RateLimits limits(BackendConfiguration configuration) {
    return new RateLimits(
        configuration.text(RATE_LIMIT_HEADER),
        configuration.number(RATE_LIMIT_TOKEN_REFRESH),
        configuration.number(RATE_LIMIT_VERIFY),
        configuration.number(RATE_LIMIT_OTP),
        configuration.number(RATE_LIMIT_ANONYMOUS_USERS),
        configuration.number(RATE_LIMIT_SSO),
        configuration.number(MFA_RATE_LIMIT_CHALLENGE_AND_VERIFY),
        configuration.number(RATE_LIMIT_PASSKEY),
        configuration.number(RATE_LIMIT_OAUTH_DYNAMIC_CLIENT_REGISTER));
  }

  static CaptchaRules captcha(BackendConfiguration configuration) {
    boolean enabled = configuration.flag(SECURITY_CAPTCHA_ENABLED);
    if (enabled && !configuration.has(SECURITY_CAPTCHA_SECRET)) {
      throw BackendConfiguration.invalid(
              SECURITY_CAPTCHA_SECRET, "it is needed when security-captcha-enabled is true")
          .raise();
    }
    var at =
        switch (configuration.text(SECURITY_CAPTCHA_PROVIDER)) {
          case "hcaptcha" -> CaptchaRules.HCAPTCHA;
          case "turnstile" -> CaptchaRules.TURNSTILE;
          default ->
              throw BackendConfiguration.invalid(
                      SECURITY_CAPTCHA_PROVIDER, "it is hcaptcha or turnstile")
                  .raise();
        };
    return new CaptchaRules(
        enabled,
        at,
        configuration.text(SECURITY_CAPTCHA_SECRET).strip(),
        configuration.duration(SECURITY_CAPTCHA_TIMEOUT));
  }

  static Hashing hashing(BackendConfiguration configuration) {
    return switch (configuration.text(PASSWORD_HASHING)) {
      case "bcrypt" -> Hashing.BCRYPT;
      case "argon2id" -> Hashing.ARGON2ID;
      default ->
          throw BackendConfiguration.invalid(PASSWORD_HASHING, "it is bcrypt or argon2id").raise();
    };
  }

  static BreachRules breaches(BackendConfiguration configuration) {
    return new BreachRules(
        configuration.flag(PASSWORD_HIBP_ENABLED),
        configuration.flag(PASSWORD_HIBP_FAIL_CLOSED),
        BreachRules.OFF.range(),
        BreachRules.OFF.timeout());
  }
}
