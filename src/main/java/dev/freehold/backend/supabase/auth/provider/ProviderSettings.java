package dev.freehold.backend.supabase.auth.provider;

import java.util.List;

/// What the owner registered at one provider.
///
/// @param name as in `provider=`: one of [ProviderKind]'s, or `custom:` and a name of the owner's
/// @param enabled false keeps the settings and refuses sign-ins
/// @param clientIds the first signs in by redirects; all are accepted as audiences of ID tokens
/// @param secret the client's secret; for Apple either a ready JWT or the private key (PEM)
/// @param url another instance (GitLab, Keycloak, …) or, for providers that are OpenID Connect
///   alone, another issuer; empty for the public one
/// @param redirectUri empty for the App's own `/auth/v1/callback`
/// @param scopes for `custom:` providers; others have theirs
/// @param apple what makes a client secret of a private key
/// @param rules what is accepted
public record ProviderSettings(
    String name,
    boolean enabled,
    List<String> clientIds,
    String secret,
    String url,
    String redirectUri,
    List<String> scopes,
    AppleKey apple,
    Rules rules) {

  /// Apple's names of a private key; both empty when the secret is a ready JWT.
  public record AppleKey(String teamId, String keyId) {
    public static final AppleKey NONE = new AppleKey("", "");
  }

  /// What is accepted of a provider.
  ///
  /// @param skipNonceCheck ID tokens whose nonce the App did not choose
  /// @param emailOptional Users without an address
  public record Rules(boolean skipNonceCheck, boolean emailOptional) {
    public static final Rules STRICT = new Rules(false, false);
  }

  public ProviderSettings {
    clientIds = List.copyOf(clientIds);
    scopes = List.copyOf(scopes);
    url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /// One client at the provider's public instance.
  public static ProviderSettings of(String name, String clientId, String secret) {
    return new ProviderSettings(
        name, true, List.of(clientId), secret, "", "", List.of(), AppleKey.NONE, Rules.STRICT);
  }

  public ProviderSettings withUrl(String other) {
    return new ProviderSettings(
        name, enabled, clientIds, secret, other, redirectUri, scopes, apple, rules);
  }

  public ProviderSettings withRules(Rules other) {
    return new ProviderSettings(
        name, enabled, clientIds, secret, url, redirectUri, scopes, apple, other);
  }

  public ProviderSettings withScopes(List<String> other) {
    return new ProviderSettings(
        name, enabled, clientIds, secret, url, redirectUri, other, apple, rules);
  }

  public ProviderSettings withEnabled(boolean isEnabled) {
    return new ProviderSettings(
        name, isEnabled, clientIds, secret, url, redirectUri, scopes, apple, rules);
  }

  /// Whether it is one that the table does not know.
  public boolean isCustom() {
    return name.startsWith(ProviderKind.CUSTOM_PREFIX);
  }

  @Override
  public String toString() {
    return "ProviderSettings[" + name + "]";
  }
}
