package dev.freehold.backend;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/// Reads the keys of an App's earlier host as its owner has them: the legacy JWT secret as text, or
/// JSON Web Keys (one, an array, or a set). Of a private key only the public part is kept, for
/// nothing is signed with it here. No message quotes what was given: it is secret.
final class ImportedKeys {
  /// A set of keys is a few kilobytes.
  static final int MAX_CHARS = 64 * 1024;

  /// Hosted secrets have 88 characters.
  static final int MAX_SECRET_BYTES = 1024;

  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._:~-]{1,128}");
  private static final Pattern API_KEY = Pattern.compile("sb_.*|eyJ[^.]*\\.[^.]*\\.[^.]*");
  private static final String SECRET_HINT =
      "the earlier host shows it as its legacy JWT secret (at Supabase: project settings, JWT"
          + " keys)";

  private ImportedKeys() {}

  /// @throws ProblemException `auth-key-invalid` when it is nothing that verifies tokens
  static List<JWK> read(String given) {
    var text = given.strip();
    if (text.isEmpty()) {
      throw invalid("nothing was given", SECRET_HINT);
    }
    if (text.length() > MAX_CHARS) {
      throw invalid("it has more than " + MAX_CHARS + " characters", SECRET_HINT);
    }
    return text.startsWith("{") || text.startsWith("[") ? keys(text) : List.of(secret(text));
  }

  private static JWK secret(String text) {
    if (API_KEY.matcher(text).matches()) {
      throw invalid("this is an API key, not the secret that signs keys", SECRET_HINT);
    }
    if (text.startsWith("-----BEGIN")) {
      throw invalid("this is a PEM file", "give the key as a JSON Web Key, as the host exports it");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw invalid("a secret is one line of text", SECRET_HINT);
    }
    return secret(text.getBytes(StandardCharsets.UTF_8), "");
  }

  private static JWK secret(byte[] bytes, String id) {
    if (bytes.length < JwtKeys.MIN_LEGACY_SECRET_BYTES || bytes.length > MAX_SECRET_BYTES) {
      throw invalid(
          "a secret has %d to %d bytes, this one %d"
              .formatted(JwtKeys.MIN_LEGACY_SECRET_BYTES, MAX_SECRET_BYTES, bytes.length),
          "a shorter one could be guessed; " + SECRET_HINT);
    }
    return new OctetSequenceKey.Builder(bytes)
        .keyID(id.isEmpty() ? "imported-" + UUID.randomUUID().toString().substring(0, 8) : id)
        .algorithm(JWSAlgorithm.HS256)
        .build();
  }

  private static List<JWK> keys(String text) {
    JWKSet set;
    try {
      var array = text.startsWith("[") ? "{\"keys\":" + text + "}" : text;
      set = isSet(array) ? JWKSet.parse(array) : new JWKSet(JWK.parse(array));
    } catch (ParseException | IllegalArgumentException | IllegalStateException e) {
      // The cause would quote the text, which may be secret.
      throw invalid(
          "this is no JSON Web Key and no set of them",
          "the public set of a hosted project is at /auth/v1/.well-known/jwks.json");
    }
    if (set.getKeys().isEmpty() || set.getKeys().size() > JwtKeys.MAX_KEYS) {
      throw invalid(
          "a set has 1 to " + JwtKeys.MAX_KEYS + " keys, this one " + set.getKeys().size(),
          "a project that never had other keys than its legacy secret has an empty set: import"
              + " the secret");
    }
    var keys = new ArrayList<JWK>();
    for (var key : set.getKeys()) {
      keys.add(checked(key));
    }
    return keys;
  }

  private static boolean isSet(String text) throws ParseException {
    return com.nimbusds.jose.util.JSONObjectUtils.parse(text).containsKey("keys");
  }

  private static JWK checked(JWK key) {
    var id = key.getKeyID() == null ? "" : key.getKeyID();
    if (!(id.isEmpty() && key instanceof OctetSequenceKey) && !KEY_ID.matcher(id).matches()) {
      throw invalid(
          "every key needs its kid, of letters, digits and . _ : ~ -",
          "tokens name their key by it; export the key again with its kid");
    }
    if (KeyUse.ENCRYPTION.equals(key.getKeyUse())) {
      throw invalid("the key " + id + " is for encryption", "give the key that signs tokens");
    }
    return switch (key) {
      case OctetSequenceKey secret -> secret(secret.toByteArray(), id);
      case ECKey ec when ec.getCurve().equals(Curve.P_256) -> ec.toPublicJWK();
      case RSAKey rsa when rsa.size() >= MIN_RSA_BITS && rsa.size() <= MAX_RSA_BITS ->
          rsa.toPublicJWK();
      default ->
          throw invalid(
              "the key " + id + " is of a kind that verifies nothing here",
              "ES256 (P-256), RS256 (2048 to 8192 bits) and HS256 are accepted");
    };
  }

  private static ProblemException invalid(String message, String hint) {
    return Problem.of("auth-key-invalid", "the keys cannot be imported: " + message)
        .detail("nothing was changed")
        .hint(hint)
        .raise();
  }
}
