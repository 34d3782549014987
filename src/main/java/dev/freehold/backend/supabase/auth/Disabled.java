package dev.freehold.backend.supabase.auth;

/// Features of GoTrue that are off here, refused in the words GoTrue uses when they are off.
final class Disabled {
  private Disabled() {}

  static AuthError saml(Call call) {
    return AuthError.notFound("saml_provider_disabled", "SAML 2.0 is disabled");
  }
}
