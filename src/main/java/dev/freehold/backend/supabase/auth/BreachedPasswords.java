package dev.freehold.backend.supabase.auth;

import dev.freehold.digest.Digest;
import dev.freehold.telemetry.Events;
import java.io.IOException;
import java.util.HexFormat;

/// Asks whether a password is known from a breach, by k-anonymity: the list answers with all hashes
/// that begin with the same five digits. https://haveibeenpwned.com/API/v3#PwnedPasswords
final class BreachedPasswords {
  private static final int PREFIX = 5;

  private final BreachRules rules;
  private final Events events;
  private final Asking asking;

  BreachedPasswords(BreachRules rules, Events events) {
    this.rules = rules;
    this.events = events;
    this.asking = new Asking(rules.timeout());
  }

  /// @throws AuthError 500 when the list cannot be asked and the rules say that this closes
  boolean contain(String password) {
    if (!rules.enabled()) {
      return false;
    }
    var hash = sha1(password);
    try {
      var answer = asking.get(rules.range().resolve(hash.substring(0, PREFIX)));
      var rest = hash.substring(PREFIX);
      return answer
          .lines()
          .map(line -> line.split(":", 2))
          .anyMatch(line ->
              line.length == 2 && line[0].equalsIgnoreCase(rest) && !line[1].strip().equals("0"));
    } catch (IOException e) {
      if (rules.failClosed()) {
        throw AuthError.internal(
            "Unable to perform password strength check with HaveIBeenPwned.org.", e);
      }
      events.publish(new AuthEvent.Failed("breached passwords", String.valueOf(e)));
      return false;
    }
  }

  private static String sha1(String password) {
    return HexFormat.of().withUpperCase().formatHex(Digest.SHA_1.of(password));
  }
}
