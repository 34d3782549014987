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
import dev.freehold.backend.KeyFacts.State;
import dev.freehold.backend.VerifyingKey.Origin;
import dev.freehold.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/// The keys with which one Environment signs and verifies tokens.
///
/// User tokens are signed by the one signing key: ES256, RS256, or HS256 where an operator has
/// nothing but the secret. The legacy secret (HS256) signs the anon and service_role keys and
/// verifies tokens that an earlier host of the App signed with it. Further keys only verify: those
/// that signed before, until their last token has expired, and those imported of an earlier host.
/// Nothing of this shows in [#toString]; the private form leaves by [#exportJwks] only, for the
/// secret store.
public final class JwtKeys {
  /// HS256 wants a key at least as long as its digest (RFC 7518 §3.2).
  static final int MIN_LEGACY_SECRET_BYTES = 32;

  /// More keys than any rotation needs; bounds the work of a token without `kid`.
  static final int MAX_KEYS = 16;

  /// More rotations than that within the life of a token drop the oldest key.
  static final int MAX_EARLIER = 6;

  /// More keys of earlier hosts are refused.
  static final int MAX_IMPORTED = MAX_KEYS - 2 - MAX_EARLIER;

  private static final String LEGACY_KEY_ID = "legacy";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final JWK signing;
  private final Optional<Instant> signingSince;
  private final OctetSequenceKey legacy;
  private final List<VerifyingKey> verifying;
  private final JWSSigner signer;
  private final JWSSigner legacySigner;

  private JwtKeys(
      JWK signing,
      Optional<Instant> signingSince,
      OctetSequenceKey legacy,
      List<VerifyingKey> verifying) {
    this.signing = signing;
    this.signingSince = signingSince;
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
    return new JwtKeys(newSigningKey(), Optional.empty(), legacy(secret), List.of());
  }

  /// The secret alone, which then signs user tokens too (HS256), as a GoTrue without further keys
  /// does. Tokens stay valid from one start to the next.
  public static JwtKeys withSecretAlone(String secret) {
    var legacy = legacy(secret);
    return new JwtKeys(legacy, Optional.empty(), legacy, List.of());
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
    var verifying = new ArrayList<VerifyingKey>();
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
        verifying.add(VerifyingKey.given(key.toPublicJWK()));
      }
    }
    return new JwtKeys(signing, Optional.empty(), legacy, verifying);
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

  /// Reads what [#exportJwks] wrote.
  ///
  /// @throws dev.freehold.problem.ProblemException `jwt-keys-invalid` when it cannot be read
  public static JwtKeys importJwks(String json) {
    return StoredJwks.read(json);
  }

  static JwtKeys stored(
      ECKey signing,
      Optional<Instant> signingSince,
      OctetSequenceKey legacy,
      List<VerifyingKey> verifying) {
    return new JwtKeys(signing, signingSince, legacy, verifying);
  }

  /// A new signing key; tokens of the one before stay valid until they expire. Beyond
  /// [#MAX_EARLIER] of them the oldest goes.
  ///
  /// @param longest how long a token lives at most
  JwtKeys rotated(Instant now, Duration longest) {
    var until = now.plus(longest).plusSeconds(JwtVerifier.SKEW_SECONDS);
    var all = new ArrayList<VerifyingKey>();
    all.add(
        new VerifyingKey(
            signing.toPublicJWK(), Origin.EARLIER, signingSince, Optional.of(until), true));
    int earlier = 1;
    for (var key : at(now).verifying) {
      if (key.origin() != Origin.EARLIER || ++earlier <= MAX_EARLIER) {
        all.add(key);
      }
    }
    return new JwtKeys(newSigningKey(), Optional.of(now), legacy, all);
  }

  /// The same without those keys that signed before: their tokens are refused.
  JwtKeys withoutEarlier() {
    return having(verifying.stream().filter(key -> key.origin() != Origin.EARLIER).toList());
  }

  /// The same without the key of that id; empty when no key that only verifies has it.
  Optional<JwtKeys> without(String id) {
    var left = verifying.stream().filter(key -> !key.id().equals(id)).toList();
    return left.size() == verifying.size() ? Optional.empty() : Optional.of(having(left));
  }

  /// The same with the keys of an earlier host, which verify its tokens here. One that is there
  /// already is left as it is, but for its roles.
  ///
  /// @param given a legacy JWT secret, or JSON Web Keys
  /// @param everyRole whether its tokens may name any role, `service_role` among them
  /// @throws dev.freehold.problem.ProblemException `auth-key-invalid`
  JwtKeys importing(String given, boolean everyRole, Instant now) {
    var all = new ArrayList<>(at(now).verifying);
    for (var key : ImportedKeys.read(given)) {
      if (isOwn(key)) {
        continue;
      }
      var known = all.stream().filter(old -> isSame(old.key(), key)).findFirst();
      var taken = ids().contains(key.getKeyID());
      if (known.isEmpty() && taken) {
        throw Problem.of("auth-key-invalid", "another key has the id " + key.getKeyID())
            .detail("nothing was changed")
            .hint("freehold auth keys list shows it; freehold auth keys revoke takes it away")
            .raise();
      }
      if (known.isEmpty()) {
        all.add(VerifyingKey.imported(key, now, everyRole));
      } else if (known.get().origin() == Origin.IMPORTED) {
        var old = known.get();
        all.set(
            all.indexOf(old), VerifyingKey.imported(old.key(), old.since().orElse(now), everyRole));
      }
    }
    if (all.stream().filter(key -> key.origin() != Origin.EARLIER).count() > MAX_IMPORTED) {
      throw Problem.of(
              "auth-key-invalid", "there would be more than " + MAX_IMPORTED + " imported keys")
          .detail("nothing was changed")
          .hint("freehold auth keys revoke takes away those that are no longer needed")
          .raise();
    }
    return having(all);
  }

  /// The same without keys of which no token can be valid any more.
  public JwtKeys at(Instant now) {
    return having(verifying.stream().filter(key -> key.isCurrent(now)).toList());
  }

  private JwtKeys having(List<VerifyingKey> changed) {
    return new JwtKeys(signing, signingSince, legacy, changed);
  }

  private boolean isOwn(JWK key) {
    return isSame(signing, key) || isSame(legacy, key);
  }

  private static boolean isSame(JWK one, JWK other) {
    if (one instanceof OctetSequenceKey a && other instanceof OctetSequenceKey b) {
      return MessageDigest.isEqual(a.toByteArray(), b.toByteArray());
    }
    return one.getClass().equals(other.getClass())
        && one.getRequiredParams().equals(other.getRequiredParams());
  }

  private List<String> ids() {
    var ids = new ArrayList<>(List.of(signing.getKeyID(), legacy.getKeyID()));
    verifying.forEach(key -> ids.add(key.id()));
    return ids;
  }

  /// Everything, private parts included, as one JWK set: for the secret store only.
  public String exportJwks() {
    return StoredJwks.write(signing, signingSince, legacy, verifying);
  }

  /// The public document served at `/.well-known/jwks.json`; no secret is ever in it.
  public String publicJwks() {
    var all = new ArrayList<JWK>();
    for (var key : verifyingAll()) {
      if (!key.isSecret()) {
        all.add(key.key().toPublicJWK());
      }
    }
    return JSON.writeValueAsString(new JWKSet(all).toJSONObject(true));
  }

  /// What an owner may know of each key, the signing one first.
  List<KeyFacts> facts() {
    var all = new ArrayList<KeyFacts>();
    all.add(facts(VerifyingKey.given(signing), State.SIGNS, signingSince));
    all.add(facts(VerifyingKey.given(legacy), State.SIGNS_API_KEYS, Optional.empty()));
    for (var key : verifying) {
      all.add(
          facts(key, key.origin() == Origin.EARLIER ? State.EARLIER : State.IMPORTED, key.since()));
    }
    return all;
  }

  private static KeyFacts facts(VerifyingKey key, State state, Optional<Instant> since) {
    var algorithm =
        switch (key.key()) {
          case ECKey _ -> "ES256";
          case RSAKey _ -> "RS256";
          default -> "HS256";
        };
    return new KeyFacts(key.id(), algorithm, state, since, key.until(), key.everyRole());
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
    return new JwtVerifier(verifyingAll(), clock);
  }

  /// Verifies what an earlier host of the App signed, and nothing else.
  TokenVerifier importedVerifier(Clock clock) {
    return new JwtVerifier(
        verifying.stream().filter(key -> key.origin() == Origin.IMPORTED).toList(), clock);
  }

  /// The legacy secret, the signing key's public part, which a secret has not, and the further
  /// ones.
  private List<VerifyingKey> verifyingAll() {
    var all = new ArrayList<VerifyingKey>();
    all.add(VerifyingKey.given(legacy));
    if (!(signing instanceof OctetSequenceKey)) {
      all.add(VerifyingKey.given(signing.toPublicJWK()));
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

  static Problem invalid(String message) {
    return Problem.of("jwt-keys-invalid", message)
        .hint("restore the environment's keys from a backup, or have new ones generated");
  }

  @Override
  public String toString() {
    return "JwtKeys[" + signing.getKeyID() + "]";
  }
}
