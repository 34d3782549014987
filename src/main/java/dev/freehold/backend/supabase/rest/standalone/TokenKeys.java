package dev.freehold.backend.supabase.rest.standalone;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import dev.freehold.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The keys of `jwt-secret`: a text, one JSON Web Key, or a set of them (RFC 7517).
///
/// The algorithm in a token's header chooses among the keys made for it and never turns one kind
/// into another. A key with `alg` serves that algorithm alone, one with `use` `enc` none; a token
/// with `kid` is checked by keys of that `kid` alone. A text serves HS256 and has no `kid`.
final class TokenKeys {
  /// HS256 wants a key at least as long as its digest (RFC 7518 §3.2).
  private static final int MIN_TEXT_BYTES = 32;

  /// Bounds the work of a token without `kid`.
  private static final int MAX_KEYS = 64;

  /// What stands before the raw bytes of an Ed25519 or Ed448 public key (RFC 8410 §4).
  private static final Map<Curve, byte[]> EDWARDS_PREFIX =
      Map.of(
          Curve.Ed25519, new byte[] {0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0},
          Curve.Ed448, new byte[] {0x30, 0x43, 0x30, 5, 6, 3, 0x2b, 0x65, 0x71, 3, 0x3a, 0});

  /// The algorithms of signed tokens (RFC 7518 §3.1, RFC 8037).
  enum Algorithm {
    HS256("HmacSHA256", "oct"),
    HS384("HmacSHA384", "oct"),
    HS512("HmacSHA512", "oct"),
    RS256("SHA256withRSA", "RSA"),
    RS384("SHA384withRSA", "RSA"),
    RS512("SHA512withRSA", "RSA"),
    ES256("SHA256withECDSAinP1363Format", "EC"),
    ES384("SHA384withECDSAinP1363Format", "EC"),
    ES512("SHA512withECDSAinP1363Format", "EC"),
    EDDSA("EdDSA", "OKP");

    private final String engine;
    private final String keyType;

    Algorithm(String engine, String keyType) {
      this.engine = engine;
      this.keyType = keyType;
    }

    static Optional<Algorithm> named(String name) {
      return Arrays.stream(values()).filter(algorithm -> algorithm.word().equals(name)).findFirst();
    }

    private String word() {
      return this == EDDSA ? "EdDSA" : name();
    }
  }

  /// What became of the search for a key that verifies.
  enum Found {
    VERIFIED,
    /// There are keys for this header, and none of them verifies.
    NONE_FITS,
    /// There is no key for this header.
    NO_KEY
  }

  /// @param only the one algorithm it serves, empty for every one of its type
  private record Candidate(String type, Optional<String> id, Optional<String> only, Key key) {
    boolean serves(Algorithm algorithm, Optional<String> wantedId) {
      return type.equals(algorithm.keyType)
          && (wantedId.isEmpty() || wantedId.equals(id))
          && (only.isEmpty() || only.get().equals(algorithm.word()));
    }
  }

  private final List<Candidate> candidates;

  private TokenKeys(List<Candidate> candidates) {
    this.candidates = candidates;
  }

  /// @param secret the bytes of `jwt-secret`
  static TokenKeys of(byte[] secret) {
    var text = text(secret).strip();
    if (text.startsWith("{")) {
      return new TokenKeys(
          keys(text).stream().filter(TokenKeys::signs).map(TokenKeys::candidate).toList());
    }
    if (secret.length < MIN_TEXT_BYTES) {
      throw refused("The JWT secret must be at least 32 characters long.").raise();
    }
    return new TokenKeys(
        List.of(
            new Candidate(
                "oct",
                Optional.empty(),
                Optional.of("HS256"),
                new SecretKeySpec(secret, "HmacSHA256"))));
  }

  /// Empty for bytes that are no text.
  private static String text(byte[] secret) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(secret)).toString();
    } catch (CharacterCodingException e) {
      return "";
    }
  }

  private static List<JWK> keys(String json) {
    try {
      var keys =
          json.contains("\"keys\"") ? JWKSet.parse(json).getKeys() : List.of(JWK.parse(json));
      if (keys.size() > MAX_KEYS) {
        throw refused("the JWT secret holds more than " + MAX_KEYS + " keys").raise();
      }
      if (keys.isEmpty()) {
        throw refused("the JWT secret is a set without a key of a known kind").raise();
      }
      return keys;
    } catch (ParseException e) {
      // The parser's message may quote the document, which holds secrets.
      throw refused("the JWT secret is neither a JSON Web Key nor a set of them").raise();
    }
  }

  private static boolean signs(JWK key) {
    return !KeyUse.ENCRYPTION.equals(key.getKeyUse());
  }

  private static Candidate candidate(JWK key) {
    var algorithm = key.getAlgorithm();
    return new Candidate(
        key.getKeyType().getValue(),
        Optional.ofNullable(key.getKeyID()),
        Optional.ofNullable(algorithm == null ? null : algorithm.getName()),
        material(key));
  }

  private static Key material(JWK key) {
    try {
      return switch (key) {
        case OctetSequenceKey oct -> new SecretKeySpec(oct.toByteArray(), "HmacSHA256");
        case RSAKey rsa -> rsa.toRSAPublicKey();
        case ECKey ec -> ec.toECPublicKey();
        case OctetKeyPair pair when EDWARDS_PREFIX.containsKey(pair.getCurve()) -> edwards(pair);
        default -> throw refused("the JWT secret holds a key of an unknown kind").raise();
      };
    } catch (JOSEException | GeneralSecurityException e) {
      throw refused("the JWT secret holds a key that cannot be used").raise();
    }
  }

  private static PublicKey edwards(OctetKeyPair pair) throws GeneralSecurityException {
    var prefix = EDWARDS_PREFIX.getOrDefault(pair.getCurve(), new byte[0]);
    var point = pair.getX().decode();
    var encoded = Arrays.copyOf(prefix, prefix.length + point.length);
    System.arraycopy(point, 0, encoded, prefix.length, point.length);
    return KeyFactory.getInstance("EdDSA").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /// @param id the header's `kid`
  /// @param signed what the signature is over, as ASCII
  Found verify(Algorithm algorithm, Optional<String> id, String signed, byte[] signature) {
    var bytes = signed.getBytes(StandardCharsets.US_ASCII);
    var found = Found.NO_KEY;
    for (var candidate : candidates) {
      if (candidate.serves(algorithm, id)) {
        if (holds(algorithm, candidate.key(), bytes, signature)) {
          return Found.VERIFIED;
        }
        found = Found.NONE_FITS;
      }
    }
    return found;
  }

  private static boolean holds(Algorithm algorithm, Key key, byte[] signed, byte[] signature) {
    try {
      if (key instanceof PublicKey publicKey) {
        var engine = Signature.getInstance(algorithm.engine);
        engine.initVerify(publicKey);
        engine.update(signed);
        return engine.verify(signature);
      }
      var mac = Mac.getInstance(algorithm.engine);
      mac.init(key);
      return MessageDigest.isEqual(mac.doFinal(signed), signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Problem refused(String message) {
    return Problem.of("rest-setting-invalid", message)
        .detail("jwt-secret is not usable")
        .hint("give a text, a JSON Web Key or a set of them; @FILE reads it from a file");
  }

  @Override
  public String toString() {
    return "TokenKeys[…]";
  }
}
