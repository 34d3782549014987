package dev.freehold.backend.supabase.auth.provider;

import dev.freehold.backend.supabase.auth.provider.ProviderKind.Trait;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// One provider with its owner's client: sends browsers there and reads what comes back (RFC 6749
/// §4.1).
public final class Provider {
  private static final Pattern AZURE_ISSUER =
      Pattern.compile("https://login\\.microsoftonline\\.com/[^/]+/v2\\.0/?");
  private static final Pattern AZURE_CUSTOMER_ISSUER =
      Pattern.compile("https://[a-z0-9-]+\\.ciamlogin\\.com/[^/]+/v2\\.0/?");

  private final ProviderKind kind;
  private final ProviderSettings settings;
  private final HttpCalls calls;
  private final Issuers issuers;
  private final Clock clock;

  Provider(
      ProviderKind kind, ProviderSettings settings, HttpCalls calls, Issuers issuers, Clock clock) {
    this.kind = kind;
    this.settings = settings;
    this.calls = calls;
    this.issuers = issuers;
    this.clock = clock;
  }

  /// What a provider gave for a code.
  ///
  /// @param refreshToken empty when it gives none
  public record Entered(Profile profile, String accessToken, String refreshToken) {
    @Override
    public String toString() {
      return "Entered[" + profile + "]";
    }
  }

  public String name() {
    return settings.name();
  }

  public boolean isEmailOptional() {
    return settings.rules().emailOptional();
  }

  /// Whether a code is bound to who asked for it; the caller then keeps a verifier.
  public boolean wantsPkce() {
    return kind.has(Trait.PKCE);
  }

  /// Where the browser is sent.
  ///
  /// @param callback this server's own address that the provider sends it back to
  /// @param scopes further ones, by commas or blanks
  /// @param extra further parameters, as the App asked for
  /// @param challenge of PKCE (S256); empty for none
  public String authorizationUrl(
      String callback, String state, String scopes, Map<String, String> extra, String challenge) {
    var fields = new TreeMap<String, String>();
    if (!kind.has(Trait.FORM_POST)) {
      fields.putAll(extra);
    }
    fields.put("response_type", "code");
    fields.put("client_id", settings.clientIds().getFirst());
    fields.put("redirect_uri", callback(callback));
    fields.put("state", state);
    var scope = scope(scopes);
    if (!scope.isEmpty()) {
      fields.put("scope", scope);
    }
    if (kind.has(Trait.FORM_POST)) {
      fields.put("response_mode", "form_post");
    }
    if (!challenge.isEmpty()) {
      fields.put("code_challenge", challenge);
      fields.put("code_challenge_method", "S256");
    }
    var page = page("authorization_endpoint", kind.authorize());
    return page + (page.contains("?") ? "&" : "?") + encode(fields);
  }

  private String scope(String asked) {
    var all = new ArrayList<>(kind.scopes());
    all.addAll(settings.scopes());
    for (var scope : asked.split("[, ]+")) {
      if (!scope.isEmpty() && !all.contains(scope)) {
        all.add(scope);
      }
    }
    return String.join(" ", all);
  }

  /// Exchanges a code, by the provider's own rules.
  ///
  /// @param verifier of PKCE; empty when none was promised
  /// @throws ProviderFailure when the provider refuses or does not answer as it must
  public JsonNode exchange(String callback, String code, String verifier) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("grant_type", "authorization_code");
    fields.put("code", code);
    fields.put("redirect_uri", callback(callback));
    if (!verifier.isEmpty()) {
      fields.put("code_verifier", verifier);
    }
    var client = settings.clientIds().getFirst();
    var secret =
        kind.name().equals("apple") ? AppleSecret.of(settings, clock.instant()) : settings.secret();
    Map<String, String> headers = Map.of();
    if (wantsBasic()) {
      var pair = encode(client) + ":" + encode(secret);
      headers =
          Map.of(
              "Authorization",
              "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    } else {
      fields.put("client_id", client);
      fields.put("client_secret", secret);
    }
    var answer = calls.post(page("token_endpoint", kind.token()), encode(fields), headers);
    if (Claims.text(answer, "access_token").isEmpty()) {
      var why = Claims.text(answer, "error");
      throw new ProviderFailure(name() + " gave no token: " + (why.isEmpty() ? "no reason" : why));
    }
    return answer;
  }

  /// Who the tokens belong to.
  public Entered enter(JsonNode tokens) {
    var instance = kind.has(Trait.ISSUER) ? "" : settings.url();
    var api = kind.api().at(instance);
    if (kind.name().equals("github") && !instance.isEmpty()) {
      api += "/api/v3";
    }
    var claims = kind.has(Trait.ID_TOKEN) ? idTokenClaims(tokens) : tokens.path("no id token");
    var profile = kind.reader().read(new Account(calls, settings, api, tokens, claims));
    return new Entered(
        profile, Claims.text(tokens, "access_token"), Claims.text(tokens, "refresh_token"));
  }

  private JsonNode idTokenClaims(JsonNode tokens) {
    var token = Claims.text(tokens, "id_token");
    if (token.isEmpty()) {
      throw new ProviderFailure(name() + " gave no ID token");
    }
    var issuer = expectedIssuer(token);
    var claims = issuers.verified(issuer, token);
    IdTokens.checkAudience(claims, settings.clientIds().subList(0, 1), name());
    IdTokens.checkAccessToken(claims, token, Claims.text(tokens, "access_token"));
    return claims;
  }

  /// Microsoft's shared tenants issue tokens in the name of each User's own.
  private String expectedIssuer(String token) {
    if (!kind.name().equals("azure")) {
      return issuer();
    }
    var said = IdTokens.issuerOf(token);
    var own = settings.url().isEmpty() ? "" : settings.url() + "/v2.0";
    boolean isShared =
        own.isEmpty() || own.endsWith("/common/v2.0") || own.endsWith("/organizations/v2.0");
    boolean isKnown =
        AZURE_ISSUER.matcher(said).matches()
            || (AZURE_CUSTOMER_ISSUER.matcher(own).matches()
                && AZURE_CUSTOMER_ISSUER.matcher(said).matches());
    if (!isKnown || (!isShared && !said.equals(own))) {
      throw new ProviderFailure("azure: ID token issued by " + said);
    }
    return said;
  }

  private String issuer() {
    return kind.has(Trait.ISSUER) && !settings.url().isEmpty() ? settings.url() : kind.issuer();
  }

  private boolean wantsBasic() {
    if (!kind.has(Trait.ISSUER) || settings.url().isEmpty()) {
      return kind.has(Trait.BASIC);
    }
    for (var method : issuers.discover(issuer()).path("token_endpoint_auth_methods_supported")) {
      if (method.asString("").equals("client_secret_post")) {
        return false;
      }
    }
    return true;
  }

  private String page(String name, ProviderKind.Place place) {
    if (kind.has(Trait.ISSUER) && !settings.url().isEmpty()) {
      return issuers.page(issuer(), name);
    }
    return place.at(settings.url());
  }

  private String callback(String own) {
    return settings.redirectUri().isEmpty() ? own : settings.redirectUri();
  }

  private static String encode(Map<String, String> fields) {
    var parts = new ArrayList<String>();
    fields.forEach((name, value) -> parts.add(encode(name) + "=" + encode(value)));
    return String.join("&", parts);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Provider[" + name() + "]";
  }
}
