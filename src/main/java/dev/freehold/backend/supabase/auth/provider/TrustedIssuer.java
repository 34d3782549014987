package dev.freehold.backend.supabase.auth.provider;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Whose ID tokens an App may present to sign in, and for which clients.
public final class TrustedIssuer {
  private final ProviderKind kind;
  private final ProviderSettings settings;
  private final String issuer;
  private final HttpCalls calls;
  private final Issuers issuers;

  TrustedIssuer(
      ProviderKind kind,
      ProviderSettings settings,
      String issuer,
      HttpCalls calls,
      Issuers issuers) {
    this.kind = kind;
    this.settings = settings;
    this.issuer = issuer;
    this.calls = calls;
    this.issuers = issuers;
  }

  /// A token whose signature, issuer and times hold.
  ///
  /// @param audience whom it is for
  /// @param isForApp whether one of the App's clients is among them
  /// @param nonce as the token has it; empty when it has none
  public record Verified(Profile profile, List<String> audience, boolean isForApp, String nonce) {
    public boolean isNonce(String chosen) {
      return IdTokens.isNonce(nonce, chosen);
    }
  }

  /// The provider of the identity.
  public String provider() {
    return settings.name();
  }

  public boolean isEmailOptional() {
    return settings.rules().emailOptional();
  }

  /// Facebook's limited login knows no nonce.
  public boolean skipsNonce() {
    return settings.rules().skipNonceCheck() || kind.name().equals("facebook");
  }

  /// @param accessToken empty when the App has none
  /// @throws ProviderFailure when the token does not hold
  public Verified verify(String idToken, String accessToken) {
    var claims = issuers.verified(issuer, idToken);
    IdTokens.checkAccessToken(claims, idToken, accessToken);
    var nothing = JsonMapper.shared().missingNode();
    var profile =
        IdTokenProfiles.of(kind.name()).read(new Account(calls, settings, issuer, nothing, claims));
    return new Verified(
        profile,
        IdTokens.audience(claims),
        IdTokens.isFor(claims, settings.clientIds()),
        Claims.text(claims, "nonce"));
  }
}
