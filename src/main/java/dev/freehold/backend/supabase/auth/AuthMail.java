package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One mail to a User: what it is about, and the link or code that proves who read it. The code and
/// the link are secrets of that User; [#toString] keeps them.
///
/// @param at when it was made
/// @param action GoTrue's word for what it is about: `signup`, `invite`, `magiclink`, `recovery`,
///   `email_change`, `reauthentication`, or one of the notices such as
///   `password_changed_notification`
/// @param to the address it goes to
/// @param code the code to type, a few digits; empty in a notice
/// @param tokenHash what the link carries; empty in a notice
/// @param link the address to open; empty where only a code is sent
/// @param redirectTo where the link leads in the end
/// @param variables what a template may use, by GoTrue's names: `ConfirmationURL`, `Token`,
///   `TokenHash`, `SiteURL`, `RedirectTo`, `Email`, `NewEmail`, `Data`, …
public record AuthMail(
    Instant at,
    String action,
    String to,
    String code,
    String tokenHash,
    String link,
    String redirectTo,
    Map<String, Object> variables) {

  public AuthMail {
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  @Override
  public String toString() {
    return action + " mail to " + to;
  }
}
