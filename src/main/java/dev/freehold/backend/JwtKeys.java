package dev.freehold.backend;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.freehold.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/// The keys with which one Environment signs and verifies tokens.
///
/// User tokens are signed by the one signing key: ES256, RS256, or HS256 where an operator has
/// nothing but the secret. The legacy secret (HS256) signs the anon and service_role keys and
/// verifies tokens that an earlier host of the App signed with it. Further public keys (ES256 or
/// RS256), each with a `kid`, only verify. Nothing of this shows in [#toString]; the private form
/// leaves by [#exportJwks] only, for the secret store.
public final class JwtKeys {
  /// HS256 wants a key at least as long as its digest (RFC 7518 §3.2).
  static final int MIN_LEGACY_SECRET_BYTES = 32;

  /// More keys than any rotation needs; bounds the work of a token without `kid`.
  static final int MAX_KEYS = 16;

  private static final String LEGACY_KEY_ID = "legacy";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final JWK signing;
  private final OctetSequenceKey legacy;
  private final List<JWK> verifying;
  private final JWSSigner signer;
  private final JWSSigner legacySigner;

  private JwtKeys(JWK signing, OctetSequenceKey legacy, List<JWK> verifying) {
    this.signing = signing;
    this.legacy = legacy;
    this.verifying = List.copyOf(verifying);
    try {
      this.signer = signer(signing);
      this.legacySigner = new MACSigner(legacy);
    } catch (JOSEException e) {
      throw invalid("a key cannot be used for signing").raise(e);
    }
  }

  private static JWSSigner signer(JWK key) throws JOSEException {
    return switch (key) {
      case ECKey ec -> new ECDSASigner(ec);
      case RSAKey rsa -> new RSASSASigner(rsa);
      case OctetSequenceKey oct -> new MACSigner(oct);
      default -> throw new JOSEException("neither EC nor RSA nor a secret");
    };
  }

  /// A new signing key and a new legacy secret.
  public static JwtKeys generate() {
    var random = new byte[48];
    new SecureRandom().nextBytes(random);
    return withLegacySecret(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /// A new signing key beside the legacy secret of an earlier host, so that its anon key and its
  /// users' tokens stay valid.
  ///
  /// @param secret the text as the earlier host shows it; its UTF-8 bytes are the key
  public static JwtKeys withLegacySecret(String secret) {
    return new JwtKeys(newSigningKey(), legacy(secret), List.of());
  }

  /// The secret alone, which then signs user tokens too (HS256), as a GoTrue without further keys
  /// does. Tokens stay valid from one start to the next.
  public static JwtKeys withSecretAlone(String secret) {
    var legacy = legacy(secret);
    return new JwtKeys(legacy, legacy, List.of());
  }

  /// A secret beside keys as GoTrue's `GOTRUE_JWT_KEYS` holds them: a JWK set, or the array alone,
  /// where `key_ops` of the private EC or RSA key that signs has `sign`. Without such a key the
  /// secret signs.
  public static JwtKeys withSecretAndKeys(String secret, String json) {
    JWKSet set;
    try {
      set = JWKSet.parse(json.stripLeading().startsWith("[") ? "{\"keys\":" + json + "}" : json);
    } catch (ParseException e) {
      // The parser's message may quote the document, which holds secrets.
      throw invalid("the JWT keys are no JWK set").raise();
    }
    if (set.getKeys().size() > MAX_KEYS) {
      throw invalid("the JWT keys are more than " + MAX_KEYS).raise();
    }
    var legacy = legacy(secret);
    JWK signing = legacy;
    var verifying = new ArrayList<JWK>();
    for (var key : set.getKeys()) {
      if (key instanceof OctetSequenceKey) {
        continue;
      }
      if (key.getKeyID() == null || !(key instanceof ECKey || key instanceof RSAKey)) {
        throw invalid("the JWT keys are EC or RSA keys, each with a kid").raise();
      }
      var operations = key.getKeyOperations();
      if (key.isPrivate() && operations != null && operations.contains(KeyOperation.SIGN)) {
        signing = key;
      } else {
        verifying.add(key.toPublicJWK());
      }
    }
    return new JwtKeys(signing, legacy, verifying);
  }

  private static OctetSequenceKey legacy(String secret) {
    var bytes = secret.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < MIN_LEGACY_SECRET_BYTES) {
      throw invalid("the legacy JWT secret is shorter than " + MIN_LEGACY_SECRET_BYTES + " bytes")
          .raise();
    }
    return new OctetSequenceKey.Builder(bytes)
        .keyID(LEGACY_KEY_ID)
        .algorithm(JWSAlgorithm.HS256)
        .build();
  }

  /// Reads what [#exportJwks] wrote: a JWK set of one private EC key, one `oct` key and any number
  /// (up to 14) of public EC or RSA keys.
  public static JwtKeys importJwks(String json) {
    JWKSet set;
    try {
      set = JWKSet.parse(json);
    } catch (ParseException e) {
      // The parser's message may quote the document, which holds secrets.
      throw invalid("the stored keys are no JWK set").raise();
    }
    if (set.getKeys().size() > MAX_KEYS) {
      throw invalid("the stored keys are more than " + MAX_KEYS).raise();
    }
    var signing = new ArrayList<ECKey>();
    var legacy = new ArrayList<OctetSequenceKey>();
    var verifying = new ArrayList<JWK>();
    for (var key : set.getKeys()) {
      switch (key) {
        case ECKey ec when ec.getKeyID() != null && ec.isPrivate() -> signing.add(ec);
        case ECKey ec when ec.getKeyID() != null -> verifying.add(ec);
        case RSAKey rsa when rsa.getKeyID() != null -> verifying.add(rsa.toPublicJWK());
        case OctetSequenceKey oct -> legacy.add(oct);
        default -> throw invalid("the stored keys hold one of an unknown kind").raise();
      }
    }
    if (signing.size() != 1 || legacy.size() != 1) {
      throw invalid("the stored keys are not one signing key and one legacy secret").raise();
    }
    return new JwtKeys(signing.getFirst(), legacy.getFirst(), verifying);
  }

  /// A new signing key; tokens of the one before stay valid until they expire.
  public JwtKeys rotated() {
    var others = publicKeys();
    return new JwtKeys(
        newSigningKey(), legacy, others.subList(0, Math.min(others.size(), MAX_KEYS - 2)));
  }

  /// Everything, private parts included, as one JWK set: for the secret store only.
  public String exportJwks() {
    var all = new ArrayList<JWK>();
    if (!(signing instanceof OctetSequenceKey)) {
      all.add(signing);
    }
    all.add(legacy);
    all.addAll(verifying);
    return JSON.writeValueAsString(new JWKSet(all).toJSONObject(false));
  }

  /// The public document served at `/.well-known/jwks.json`; the legacy secret is never in it.
  public String publicJwks() {
    return JSON.writeValueAsString(new JWKSet(publicKeys()).toJSONObject(true));
  }

  /// The legacy secret as text, for a function's environment that still asks for it.
  public String legacySecret() {
    return new String(legacy.toByteArray(), StandardCharsets.UTF_8);
  }

  /// A compact token, signed by the signing key.
  public String sign(Map<String, Object> claims) {
    var algorithm =
        switch (signing) {
          case ECKey _ -> JWSAlgorithm.ES256;
          case RSAKey _ -> JWSAlgorithm.RS256;
          default -> null;
        };
    if (algorithm == null) {
      return signLegacy(claims);
    }
    var header =
        new JWSHeader.Builder(algorithm).keyID(signing.getKeyID()).type(JOSEObjectType.JWT).build();
    return sign(header, signer, claims);
  }

  /// A compact HS256 token, as the anon and service_role keys are.
  public String signLegacy(Map<String, Object> claims) {
    var header = new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).build();
    return sign(header, legacySigner, claims);
  }

  /// Verifies tokens of any of these keys. Keep one for each Environment: it caches.
  public TokenVerifier verifier(Clock clock) {
    return new JwtVerifier(this, clock);
  }

  OctetSequenceKey legacyKey() {
    return legacy;
  }

  /// The signing key's public part, which a secret has not, and the further ones.
  List<JWK> publicKeys() {
    var all = new ArrayList<JWK>();
    if (!(signing instanceof OctetSequenceKey)) {
      all.add(signing.toPublicJWK());
    }
    all.addAll(verifying);
    return all;
  }

  private static String sign(JWSHeader header, JWSSigner signer, Map<String, Object> claims) {
    var token = new JWSObject(header, new Payload(JSON.writeValueAsString(claims)));
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("a token could not be signed", e);
    }
    return token.serialize();
  }

  private static ECKey newSigningKey() {
    try {
      return new ECKeyGenerator(Curve.P_256)
          .keyID(UUID.randomUUID().toString())
          .keyUse(KeyUse.SIGNATURE)
          .algorithm(JWSAlgorithm.ES256)
          .generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("no P-256 key could be made", e);
    }
  }

  private static Problem invalid(String message) {
    return Problem.of("jwt-keys-invalid", message)
        .hint("restore the environment's keys from a backup, or have new ones generated");
  }

  @Override
  public String toString() {
    return "JwtKeys[" + signing.getKeyID() + "]";
  }
}
