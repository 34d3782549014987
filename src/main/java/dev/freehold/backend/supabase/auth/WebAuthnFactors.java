package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/// Second factors that are security keys. The first challenge of a factor makes its key, each later
/// one uses it.
final class WebAuthnFactors {
  /// Makes a key, and uses one.
  private static final String CREATE = "create";

  private static final Set<String> TYPES = Set.of(CREATE, "request");
  private static final String STORE_CHALLENGE =
      "update auth.mfa_challenges set web_authn_session_data = ?::jsonb where id = ?";
  private static final String CHALLENGE =
      "select web_authn_session_data ->> 'challenge' from auth.mfa_challenges where id = ?";
  private static final String STORE_KEY =
      """
      update auth.mfa_factors set web_authn_credential = ?::jsonb, web_authn_aaguid = ?
       where id = ?
      """;
  private static final String STORE_PROOF =
      """
      update auth.mfa_factors set last_webauthn_challenge_data = ?::jsonb, updated_at = ?
       where id = ?
      """;
  private static final String KEYS =
      """
      select id, web_authn_credential, web_authn_aaguid from auth.mfa_factors
       where user_id = ? and factor_type = 'webauthn' and status = 'verified'
         and web_authn_credential is not null
       order by created_at, id
      """;

  private final Parts parts;
  private final WebAuthn webAuthn;

  WebAuthnFactors(Parts parts) {
    this.parts = parts;
    this.webAuthn = new WebAuthn(parts.settings().webAuthn());
  }

  /// The key of a factor.
  private record Key(UUID factor, PublicKey key) {}

  /// What a browser proved, to be stored with the rest of the verification.
  ///
  /// @param made whether the key is new
  record Proof(
      Factor factor, String type, UUID challenge, String answer, PublicKey key, boolean made) {}

  /// What the browser is asked, beside the challenge's own fields.
  Map<String, Object> ask(Transaction tx, User user, Factor factor, UUID challenge, Instant now) {
    var text = webAuthn.newChallenge();
    var keys = keys(tx, user.id());
    var options =
        factor.isVerified()
            ? webAuthn.request(text, keys.stream().map(Key::key).toList())
            : webAuthn.creation(user, text, keys.stream().map(Key::key).toList(), false);
    var session = new LinkedHashMap<String, Object>();
    session.put("challenge", text.text());
    session.put("rpId", parts.settings().webAuthn().relyingPartyId());
    session.put("expires", Json.time(now.plus(parts.settings().factors().challenge())));
    session.put("userVerification", "preferred");
    tx.run(STORE_CHALLENGE, session, challenge);
    var fields = new LinkedHashMap<String, Object>();
    fields.put("type", factor.isVerified() ? "request" : CREATE);
    fields.put("credential_options", Map.of("publicKey", options));
    return fields;
  }

  /// Refuses a body that holds no answer of a browser.
  static Map<String, Object> answer(Call call) {
    if (!call.has("webauthn")) {
      throw AuthError.validation("WebAuthn config required");
    }
    var answer = call.object("webauthn");
    if (!TYPES.contains(String.valueOf(answer.get("type")))) {
      throw AuthError.validation("WebAuthn type must be create or request");
    }
    if (answer.get("credential_response") == null) {
      throw AuthError.validation("credential_response required");
    }
    return answer;
  }

  /// Whether the browser's answer fits the challenge. A factor makes its key once.
  Proof prove(User user, Factor factor, UUID challenge, Map<String, Object> answer) {
    var type = String.valueOf(answer.get("type"));
    var response = Json.write(Objects.requireNonNull(answer.get("credential_response")));
    if (type.equals(CREATE) == factor.isVerified()) {
      throw refused();
    }
    try {
      var asked = parts.database().run(tx -> challenge(tx, challenge));
      if (type.equals(CREATE)) {
        return new Proof(factor, type, challenge, response, webAuthn.made(response, asked), true);
      }
      var credential = webAuthn.assertion(response).credential();
      var key =
          parts.database().run(tx -> keys(tx, user.id())).stream()
              .filter(k -> k.factor().equals(factor.id()) && k.key().id().equals(credential))
              .findFirst()
              .orElseThrow(WebAuthnFactors::refused)
              .key();
      long count = webAuthn.used(response, asked, key);
      return new Proof(factor, type, challenge, response, key.withSignCount(count), false);
    } catch (WebAuthn.Refused e) {
      throw e.isReadable() ? refused() : AuthError.validation("Invalid credential_response");
    }
  }

  /// Stores what was proven.
  void store(Transaction tx, Proof proof, Instant now) {
    tx.run(STORE_KEY, proof.key().toJson(), proof.key().aaguid(), proof.factor().id());
    var data = new LinkedHashMap<String, Object>();
    data.put(
        "challenge",
        Map.of(
            "challenge_id",
            proof.challenge().toString(),
            "factor_id",
            proof.factor().id().toString()));
    data.put("type", proof.type());
    data.put("credential_response", Json.parse(proof.answer()));
    tx.run(STORE_PROOF, data, now, proof.factor().id());
    Factors.deleteChallenge(tx, proof.challenge());
  }

  private static Base64Url challenge(Transaction tx, UUID id) {
    return tx.one(CHALLENGE, row -> Objects.requireNonNullElse(row.getString(1), ""), id)
        .filter(text -> !text.isEmpty())
        .map(Base64Url::new)
        .orElseThrow(WebAuthnFactors::refused);
  }

  private static List<Key> keys(Transaction tx, UUID user) {
    return tx.all(
        KEYS,
        row ->
            new Key(
                row.getObject("id", UUID.class),
                PublicKey.fromJson(
                    Json.object(row.getString("web_authn_credential")),
                    row.getObject("web_authn_aaguid", UUID.class))),
        user);
  }

  private static AuthError refused() {
    return AuthError.unprocessable("mfa_verification_failed", "Invalid WebAuthn credential");
  }
}
