package dev.freehold.backend.supabase.auth;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/// Passkeys, and security keys as second factors.
///
/// @param passkeys whether Users may sign in with them
/// @param maxPasskeys of one User
/// @param factors what may be done with second factors of that kind
/// @param relyingPartyId the host name that keys belong to, for example `shop.example.com`
/// @param relyingPartyName what the browser shows
/// @param origins pages that may ask for a key, for example `https://shop.example.com`
/// @param challenge how long a challenge may be answered
public record WebAuthnRules(
    boolean passkeys,
    int maxPasskeys,
    FactorRules.Kind factors,
    String relyingPartyId,
    String relyingPartyName,
    List<String> origins,
    Duration challenge) {
  /// GoTrue's.
  public static final int MAX_PASSKEYS = 10;

  public static final Duration CHALLENGE = Duration.ofMinutes(5);

  public WebAuthnRules {
    origins = List.copyOf(origins);
  }

  /// Off; keys would belong to the App's own host.
  public static WebAuthnRules of(String publicUrl) {
    var at = URI.create(publicUrl);
    var host = at.getHost() == null ? "" : at.getHost();
    var origins = host.isEmpty() ? List.<String>of() : List.of(origin(at));
    return new WebAuthnRules(
        false, MAX_PASSKEYS, FactorRules.Kind.OFF, host, host, origins, CHALLENGE);
  }

  public WebAuthnRules withPasskeys(boolean on) {
    return new WebAuthnRules(
        on, maxPasskeys, factors, relyingPartyId, relyingPartyName, origins, challenge);
  }

  public WebAuthnRules withFactors(FactorRules.Kind changed) {
    return new WebAuthnRules(
        passkeys, maxPasskeys, changed, relyingPartyId, relyingPartyName, origins, challenge);
  }

  private static String origin(URI at) {
    return at.getScheme() + "://" + at.getRawAuthority();
  }
}
