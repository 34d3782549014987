package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.LinkedHashMap;
import java.util.List;

/// What anybody may read: `/settings`, `/health`, the public keys.
final class SettingsPages {
  /// The GoTrue release whose wire this server answers.
  static final String WIRE_VERSION = "v2.196.0";

  private static final List<String> PROVIDERS =
      List.of(
          "apple",
          "azure",
          "bitbucket",
          "discord",
          "facebook",
          "snapchat",
          "figma",
          "fly",
          "github",
          "gitlab",
          "google",
          "keycloak",
          "kakao",
          "linkedin",
          "linkedin_oidc",
          "notion",
          "spotify",
          "slack",
          "slack_oidc",
          "workos",
          "twitch",
          "twitter");

  private final Parts parts;

  SettingsPages(Parts parts) {
    this.parts = parts;
  }

  Response settings(Call call) {
    var accounts = parts.settings().accounts();
    var external = new LinkedHashMap<String, Object>();
    external.put("anonymous_users", accounts.anonymousEnabled());
    PROVIDERS.forEach(name -> external.put(name, parts.providers().isEnabled(name)));
    external.put("email", accounts.emailEnabled());
    external.put("phone", parts.settings().phone().enabled());
    external.put("zoom", parts.providers().isEnabled("zoom"));
    var fields = new LinkedHashMap<String, Object>();
    fields.put("external", external);
    fields.put("disable_signup", accounts.signupDisabled());
    fields.put("mailer_autoconfirm", accounts.autoconfirm());
    fields.put("phone_autoconfirm", parts.settings().phone().autoconfirm());
    fields.put("sms_provider", "");
    fields.put("saml_enabled", false);
    fields.put("saml_private_key_next_configured", false);
    fields.put("passkeys_enabled", parts.settings().webAuthn().passkeys());
    return Parts.json(fields);
  }

  Response health(Call call) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("version", WIRE_VERSION);
    fields.put("name", "GoTrue");
    fields.put("description", "Freehold's auth server, compatible with GoTrue");
    return Parts.json(fields);
  }

  Response keys(Call call) {
    var current = parts.keys().at(parts.clock().instant());
    return Response.of(200, "application/json", current.publicJwks())
        .with("Cache-Control", "public, max-age=600");
  }
}
