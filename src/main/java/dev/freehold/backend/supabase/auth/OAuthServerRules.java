package dev.freehold.backend.supabase.auth;

/// Other programs that may ask Users for access to their accounts.
///
/// @param enabled whether programs can be registered
/// @param dynamicRegistration whether they may register by themselves
public record OAuthServerRules(boolean enabled, boolean dynamicRegistration) {
  public static final OAuthServerRules OFF = new OAuthServerRules(false, false);
}
