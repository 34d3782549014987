package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.auth.AuthFixture.Answer;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// `grant_type=id_token`: tokens of an issuer whose keys and description are read over HTTP.
class IdTokenTest {
  private final LocalProvider issuer = new LocalProvider();
  private final AuthFixture auth =
      new AuthFixture(
          settings -> settings,
          new ExternalSettings(
              List.of(
                  set("google"),
                  set("apple"),
                  set("custom:mine"),
                  set("custom:off").withEnabled(false)),
              List.of(issuer.url()),
              true));

  private ProviderSettings set(String name) {
    return ProviderSettings.of(name, "client-1", "secret").withUrl(issuer.url());
  }

  @AfterEach
  void close() {
    auth.close();
    issuer.close();
  }

  private Map<String, Object> claims() {
    long now = auth.clock.instant().getEpochSecond();
    var claims = new LinkedHashMap<String, Object>();
    claims.put("sub", "ada-1");
    claims.put("aud", "client-1");
    claims.put("iat", now);
    claims.put("exp", now + 600);
    claims.put("email", "ada@example.com");
    claims.put("email_verified", true);
    claims.put("name", "Ada L.");
    claims.put("picture", "https://pic.example/a");
    return claims;
  }

  private Answer enter(Map<String, Object> claims, Map<String, Object> more, String... headers) {
    var body = new LinkedHashMap<String, Object>();
    body.put("provider", "google");
    body.put("id_token", issuer.idToken(claims));
    body.putAll(more);
    return auth.post(
        "/token?grant_type=id_token", JsonMapper.shared().writeValueAsString(body), headers);
  }

  private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
    var changed = new LinkedHashMap<>(claims);
    changed.put(name, value);
    return changed;
  }

  @Test
  void aTokenOpensASession() {
    var answer = enter(claims(), Map.of());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("/user/email")).isEqualTo("ada@example.com");
    assertThat(answer.text("/user/user_metadata/avatar_url")).isEqualTo("https://pic.example/a");
    assertThat(answer.text("/user/identities/0/provider")).isEqualTo("google");
    assertThat(answer.text("/user/identities/0/id")).isEqualTo("ada-1");
    assertThat(answer.json().has("provider_token")).isFalse();
    assertThat(enter(claims(), Map.of()).text("/user/id")).isEqualTo(answer.text("/user/id"));
  }

  @Test
  void customAndNamedIssuersHaveIdentitiesOfTheirOwn() {
    var mine = enter(claims(), Map.of("provider", "custom:mine"));
    assertThat(mine.text("/user/identities/0/provider")).isEqualTo("custom:mine");
    var named =
        enter(
            with(claims(), "sub", "bea-1"),
            Map.of("provider", "", "issuer", issuer.url(), "client_id", "client-1"));
    assertThat(named.status()).as(named.body()).isEqualTo(200);
    assertThat(named.body()).contains("\"provider\":\"" + issuer.url() + "\"");
  }

  @Test
  void applesPrivateAddressIsAClaimOfItsOwn() {
    var answer = enter(with(claims(), "is_private_email", "true"), Map.of("provider", "apple"));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().at("/user/user_metadata/custom_claims/is_private_email").asBoolean())
        .isTrue();
  }

  @Test
  void aNonceMustBeTheHashOfTheOneTheAppChose() {
    var hash = HexFormat.of().formatHex(digest("chosen"));
    var claims = with(claims(), "nonce", hash);
    assertThat(enter(claims, Map.of("nonce", "chosen")).status()).isEqualTo(200);
    refused(enter(claims, Map.of("nonce", "other")), "invalid nonce", "Nonces mismatch");
    var both = "Passed nonce and nonce in id_token should either both exist or not.";
    refused(enter(claims, Map.of()), "invalid request", both);
    refused(enter(claims(), Map.of("nonce", "chosen")), "invalid request", both);
  }

  @Test
  void anAccessTokenMustBeTheTokens() {
    var half = Arrays.copyOf(digest("at-1"), 16);
    var hash = Base64.getUrlEncoder().withoutPadding().encodeToString(half);
    var claims = with(claims(), "at_hash", hash);
    assertThat(enter(claims, Map.of("access_token", "at-1")).status()).isEqualTo(200);
    bad(enter(claims, Map.of("access_token", "at-2")));
  }

  @Test
  void whatDoesNotHoldIsRefused() {
    long now = auth.clock.instant().getEpochSecond();
    bad(enter(with(claims(), "exp", now - 1), Map.of()));
    bad(enter(with(claims(), "nbf", now + 900), Map.of()));
    bad(enter(with(claims(), "iss", "https://elsewhere.example"), Map.of()));
    try (var stranger = new LocalProvider()) {
      var token = stranger.idToken(with(claims(), "iss", issuer.url()));
      bad(enter(claims(), Map.of("id_token", token)));
    }
    var parts = issuer.idToken(claims()).split("\\.");
    var none = "eyJhbGciOiJub25lIn0." + parts[1] + ".";
    bad(enter(claims(), Map.of("id_token", none)));
    refused(
        enter(with(claims(), "aud", List.of("a", "b")), Map.of()),
        "invalid request",
        "Unacceptable audience in id_token: [a b]");
    refused(
        enter(with(claims(), "sub", ""), Map.of()),
        "invalid request",
        "Missing sub claim in id_token");
  }

  @Test
  void whatIsMissingIsNamed() {
    refused(enter(claims(), Map.of("id_token", "")), "invalid request", "id_token required");
    refused(
        enter(claims(), Map.of("provider", "")),
        "invalid request",
        "provider or client_id and issuer required");
    refused(
        enter(claims(), Map.of("link_identity", true)),
        "invalid request",
        "Linking requires a valid user access token in Authorization");
    var kakao = enter(claims(), Map.of("provider", "kakao"));
    assertThat(kakao.status()).isEqualTo(400);
    assertThat(kakao.text("/error_code")).isEqualTo("provider_disabled");
    assertThat(kakao.text("/msg"))
        .isEqualTo("Provider (issuer \"https://kauth.kakao.com\") is not enabled");
    assertThat(enter(claims(), Map.of("provider", "custom:off")).text("/error_code"))
        .isEqualTo("provider_disabled");
    assertThat(enter(claims(), Map.of("provider", "nobody")).text("/msg"))
        .isEqualTo("Custom OIDC provider \"nobody\" not allowed");
  }

  @Test
  void aTokenLinksAnIdentity() {
    var session = auth.signUp("bea@example.com", "secret-word");
    var bearer = AuthFixture.bearer(session.text("/access_token"));
    var linked = enter(claims(), Map.of("link_identity", true), bearer);
    assertThat(linked.status()).isEqualTo(200);
    assertThat(linked.text("/user/email")).isEqualTo("bea@example.com");
    assertThat(linked.json().at("/user/identities")).hasSize(2);
    var again = enter(claims(), Map.of("link_identity", true), bearer);
    assertThat(again.status()).isEqualTo(422);
    assertThat(again.text("/error_code")).isEqualTo("identity_already_exists");
  }

  private static void bad(Answer answer) {
    refused(answer, "invalid request", "Bad ID token");
  }

  private static void refused(Answer answer, String error, String description) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.text("/error")).isEqualTo(error);
    assertThat(answer.text("/error_description")).isEqualTo(description);
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
