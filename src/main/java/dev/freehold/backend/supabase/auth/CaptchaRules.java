package dev.freehold.backend.supabase.auth;

import java.net.URI;
import java.time.Duration;

/// Whether callers must prove to be people.
///
/// @param enabled a token is asked for where Users sign up, sign in or ask for mail
/// @param verifyAt where a token is checked
/// @param secret the site's secret; never shown
/// @param timeout of one check
public record CaptchaRules(boolean enabled, URI verifyAt, String secret, Duration timeout) {
  public static final URI TURNSTILE =
      URI.create("https://challenges.cloudflare.com/turnstile/v0/siteverify");
  public static final URI HCAPTCHA = URI.create("https://hcaptcha.com/siteverify");
  public static final CaptchaRules OFF =
      new CaptchaRules(false, HCAPTCHA, "", Duration.ofSeconds(10));

  @Override
  public String toString() {
    return "CaptchaRules[" + enabled + ", " + verifyAt + "]";
  }
}
