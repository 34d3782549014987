package dev.freehold.backend.supabase.auth.provider;

import java.util.List;
import java.util.Map;

/// Who signed in at a provider, in the words of GoTrue's identity data.
///
/// @param claims `sub`, `iss`, `name`, …; absent values are left out, `email_verified` and
///   `phone_verified` are always there
/// @param emails every address the provider told of
public record Profile(Map<String, Object> claims, List<Email> emails) {
  /// One address.
  ///
  /// @param verified whether the provider vouches for it
  /// @param primary whether it is the one the User goes by there
  public record Email(String address, boolean verified, boolean primary) {}

  public Profile {
    emails = List.copyOf(emails);
  }

  /// The provider's own id of the User; empty when it told none.
  public String subject() {
    return claims.get("sub") instanceof String sub ? sub : "";
  }

  @Override
  public String toString() {
    return "Profile[" + subject() + "]";
  }
}
