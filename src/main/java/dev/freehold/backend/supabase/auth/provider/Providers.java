package dev.freehold.backend.supabase.auth.provider;

import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The sign-in providers of one App. Their settings may change while the App runs; a request sees
/// the old ones or the new ones, never a mixture.
public final class Providers {
  private static final String VALIDATION = "validation_failed";
  private static final String DISABLED = "provider_disabled";
  private static final Pattern MICROSOFT =
      Pattern.compile(
          "https://(login\\.microsoftonline\\.com|sts\\.windows\\.net)/[^/]+/(v2\\.0/?)?");

  private final HttpCalls calls = new HttpCalls();
  private final Issuers issuers;
  private final Clock clock;
  private volatile ExternalSettings settings;

  public Providers(ExternalSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.issuers = new Issuers(calls, clock);
  }

  /// From now on these count.
  public void replace(ExternalSettings changed) {
    settings = changed;
  }

  public ExternalSettings settings() {
    return settings;
  }

  /// Names of all providers there are, whether set or not.
  public static List<String> known() {
    return ProviderTable.names();
  }

  /// As people write it; the name itself where the table knows none.
  public static String title(String name) {
    return ProviderTable.named(name).map(ProviderKind::title).orElse(name);
  }

  /// Where the owner registers the App at a provider; empty when nobody knows.
  public static String console(String name) {
    return ProviderTable.named(name).map(ProviderKind::console).orElse("");
  }

  /// Why these settings cannot work, in words for the owner; empty when they can.
  public static String fault(ProviderSettings settings) {
    var kind = kind(settings);
    if (kind.isEmpty()) {
      return "there is no provider " + settings.name();
    }
    if (settings.clientIds().isEmpty() || settings.clientIds().getFirst().isBlank()) {
      return "the client's id is missing";
    }
    boolean isHttp = settings.url().isEmpty() || isReachable(settings.url());
    if (!isHttp) {
      return "the url must begin with https://";
    }
    boolean needsUrl = kind.get().has(ProviderKind.Trait.OWN_INSTANCE);
    if (needsUrl && settings.url().isEmpty()) {
      return "its url is missing: everybody runs their own";
    }
    if (AppleSecret.isKey(settings.secret())
        && (settings.apple().teamId().isEmpty() || settings.apple().keyId().isEmpty())) {
      return "a private key needs the team's id and the key's id";
    }
    return "";
  }

  /// When a client secret that is a token runs out; empty for one that does not.
  public static Optional<Instant> secretEnds(ProviderSettings settings) {
    try {
      return Optional.ofNullable(
              SignedJWT.parse(settings.secret()).getJWTClaimsSet().getExpirationTime())
          .map(Date::toInstant);
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  private static boolean isReachable(String url) {
    try {
      return HttpCalls.checked(url).getQuery() == null;
    } catch (ProviderFailure e) {
      return false;
    }
  }

  public boolean isEnabled(String name) {
    return find(name).map(ProviderSettings::enabled).orElse(false);
  }

  /// The provider that signs in by redirects.
  ///
  /// @throws ProviderRefused when there is none of that name, or it is not set
  public Provider named(String asked) {
    var name = asked.toLowerCase(Locale.ROOT);
    boolean isCustom = name.startsWith(ProviderKind.CUSTOM_PREFIX);
    if (!isCustom && ProviderTable.named(name).isEmpty()) {
      throw new ProviderRefused(VALIDATION, "Provider " + name + " could not be found");
    }
    var set = find(name).orElse(null);
    if (set == null && isCustom) {
      throw new ProviderRefused(VALIDATION, "custom provider " + name + " not found");
    }
    if (set == null || !set.enabled()) {
      throw new ProviderRefused(
          VALIDATION,
          isCustom ? "custom provider " + name + " is disabled" : "provider is not enabled");
    }
    var kind = kind(set).orElseThrow();
    if (set.clientIds().isEmpty()) {
      throw new ProviderRefused(VALIDATION, "missing OAuth client ID");
    }
    if (set.secret().isEmpty() && !isCustom) {
      throw new ProviderRefused(VALIDATION, "missing OAuth secret");
    }
    if (kind.has(ProviderKind.Trait.OWN_INSTANCE) && set.url().isEmpty()) {
      throw new ProviderRefused(
          VALIDATION, "unable to find URL for the " + kind.title() + " provider");
    }
    return new Provider(kind, set, calls, issuers, clock);
  }

  /// Who may have signed an ID token, by what its bearer says of it.
  ///
  /// @throws ProviderRefused when tokens of that issuer are not accepted
  public TrustedIssuer trusted(String provider, String issuer, String clientId, String idToken) {
    if (provider.equals("apple") || isApple(issuer)) {
      var said = detected("Apple", idToken);
      var own = find("apple").map(ProviderSettings::url).orElse("");
      if (!isApple(said) && !(said.equals(own) && !own.isEmpty())) {
        throw refused("Detected ID token issuer is not an Apple ID token issuer");
      }
      return trusted("apple", matching(issuer, said));
    }
    if (provider.equals("google") || issuer.equals(IdTokenProfiles.GOOGLE)) {
      var own = find("google").map(ProviderSettings::url).orElse("");
      return trusted("google", own.isEmpty() ? IdTokenProfiles.GOOGLE : own);
    }
    if (provider.equals("azure") || isAzure(issuer)) {
      var said = detected("Azure", idToken);
      if (!MICROSOFT.matcher(said).matches()) {
        throw refused("Detected ID token issuer is not an Azure ID token issuer");
      }
      return trusted("azure", matching(issuer, said));
    }
    for (var name : List.of("facebook", "kakao", "snapchat")) {
      var its = ProviderTable.named(name).map(ProviderKind::issuer).orElse("");
      if (provider.equals(name) || issuer.equals(its)) {
        return trusted(name, its);
      }
    }
    var keycloak = find("keycloak").map(ProviderSettings::url).orElse("");
    if (provider.equals("keycloak") || (!keycloak.isEmpty() && issuer.equals(keycloak))) {
      return trusted("keycloak", keycloak);
    }
    return provider.startsWith(ProviderKind.CUSTOM_PREFIX)
        ? ownersIssuer(provider)
        : namedIssuer(provider, issuer, clientId);
  }

  private TrustedIssuer ownersIssuer(String name) {
    var set = find(name).orElse(null);
    if (set == null) {
      throw refused("Custom provider \"" + name + "\" not found");
    }
    if (!set.enabled()) {
      throw new ProviderRefused(DISABLED, "Custom provider \"" + name + "\" is disabled");
    }
    return trusted(name, set.url());
  }

  private TrustedIssuer namedIssuer(String provider, String issuer, String clientId) {
    if (!settings.idTokenIssuers().contains(issuer)) {
      throw refused("Custom OIDC provider \"" + provider + "\" not allowed");
    }
    var named = ProviderSettings.of(issuer, clientId, "").withUrl(issuer);
    return new TrustedIssuer(
        ProviderTable.custom(ProviderSettings.of(ProviderKind.CUSTOM_PREFIX, clientId, "")),
        named,
        issuer,
        calls,
        issuers);
  }

  private TrustedIssuer trusted(String name, String issuer) {
    var set = find(name).orElse(null);
    if (set == null || !set.enabled()) {
      throw new ProviderRefused(DISABLED, "Provider (issuer \"" + issuer + "\") is not enabled");
    }
    return new TrustedIssuer(kind(set).orElseThrow(), set, issuer, calls, issuers);
  }

  private static String detected(String whose, String idToken) {
    try {
      return IdTokens.issuerOf(idToken);
    } catch (ProviderFailure e) {
      throw refused("Unable to detect issuer in ID token for " + whose + " provider");
    }
  }

  private static String matching(String asked, String said) {
    if (!asked.isEmpty() && !asked.equals(said)) {
      throw refused("Provided issuer does not match ID token issuer");
    }
    return said;
  }

  private static boolean isApple(String issuer) {
    return issuer.equals(IdTokenProfiles.APPLE) || issuer.equals(IdTokenProfiles.APPLE_TOO);
  }

  private static boolean isAzure(String issuer) {
    return issuer.matches("https://login\\.microsoftonline\\.com/[^/]+/v2\\.0/?");
  }

  private static ProviderRefused refused(String message) {
    return new ProviderRefused(VALIDATION, message);
  }

  private Optional<ProviderSettings> find(String name) {
    return settings.providers().stream().filter(set -> set.name().equals(name)).findFirst();
  }

  private static Optional<ProviderKind> kind(ProviderSettings settings) {
    return settings.isCustom()
        ? Optional.of(ProviderTable.custom(settings))
        : ProviderTable.named(settings.name());
  }
}
