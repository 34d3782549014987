package dev.freehold.backend.supabase.auth;

/// Features of GoTrue that are off here, refused in the words GoTrue uses when they are off.
final class Disabled {
  private Disabled() {}

  /// `/authorize`: no sign-in provider is configured in this version.
  static AuthError authorize(Call call) {
    var provider = call.query("provider");
    var known = SettingsPages.isProvider(provider);
    return AuthError.validation(
        known
            ? "Unsupported provider: provider is not enabled"
            : "Unsupported provider: Provider " + provider + " could not be found");
  }

  static AuthError callback(Call call) {
    return AuthError.badRequest(
        "bad_oauth_callback", "OAuth callback with missing state parameter");
  }

  static AuthError manualLinking(Call call) {
    return AuthError.notFound("manual_linking_disabled", "Manual linking is disabled");
  }

  static AuthError saml(Call call) {
    return AuthError.notFound("saml_provider_disabled", "SAML 2.0 is disabled");
  }

  static AuthError passkeys(Call call) {
    return AuthError.notFound("passkey_disabled", "Passkeys are disabled");
  }
}
