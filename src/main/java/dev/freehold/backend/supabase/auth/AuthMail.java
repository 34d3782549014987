package dev.freehold.backend.supabase.auth;

import java.time.Instant;

/// One mail to a User: what it is about, and the link or code that proves who read it. The code and
/// the link are secrets of that User; [#toString] keeps them.
///
/// @param at when it was made
/// @param action GoTrue's word for what it is about: `signup`, `invite`, `magiclink`, `recovery`,
///   `email_change`, `reauthentication`
/// @param to the address it goes to
/// @param code the code to type, a few digits
/// @param tokenHash what the link carries
/// @param link the address to open; empty where only a code is sent
/// @param redirectTo where the link leads in the end
public record AuthMail(
    Instant at,
    String action,
    String to,
    String code,
    String tokenHash,
    String link,
    String redirectTo) {
  @Override
  public String toString() {
    return action + " mail to " + to;
  }
}
