package dev.freehold.backend.supabase.auth;

import java.time.Instant;

/// One message to a phone. The code proves who reads it and is a secret; [#toString] keeps it.
///
/// @param at when it was made
/// @param action what it is about: `confirmation`, `phone_change`, `reauthentication` or `mfa`
/// @param phone digits without `+`
/// @param channel `sms`
/// @param code the code alone
/// @param text what to send
public record TextMessage(
    Instant at, String action, String phone, String channel, String code, String text) {
  @Override
  public String toString() {
    return action + " message to " + phone;
  }
}
