package dev.freehold.backend.supabase.auth;

import java.net.URI;
import java.time.Duration;

/// Whether passwords are looked up among those known from breaches. Only the first five digits of a
/// password's SHA-1 leave the machine.
///
/// @param enabled off unless the owner asks for it
/// @param failClosed whether a password is refused when the list cannot be asked
/// @param range where the list is asked, followed by five hexadecimal digits
/// @param timeout of one question
public record BreachRules(boolean enabled, boolean failClosed, URI range, Duration timeout) {
  public static final BreachRules OFF =
      new BreachRules(
          false, false, URI.create("https://api.pwnedpasswords.com/range/"), Duration.ofSeconds(5));
}
