package dev.freehold.backend;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.Header;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.freehold.backend.Verified.Bad;
import dev.freehold.backend.Verified.Good;
import dev.freehold.backend.Verified.Why;
import java.text.ParseException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Verifies tokens against the keys of one Environment.
///
/// The algorithm in the header chooses among key *kinds* and never turns one kind into another:
/// HS256 is checked with the secret only, ES256 with EC keys only, RS256 with RSA keys only, and
/// everything else, `none` among it, is refused. So a public key can never be taken as an HMAC
/// secret. With a `kid` an asymmetric token is checked by that key alone, without one by each key
/// of its kind.
///
/// Times are checked with 30 s of tolerance and the messages are PostgREST's, as the reference
/// (5.9, 5.12) states them. A token found good is remembered by its exact text until it expires or
/// the cache is full; its times are checked again at each use.
final class JwtVerifier implements TokenVerifier {
  /// Clock difference tolerated between two hosts.
  static final long SKEW_SECONDS = 30;

  /// Longer tokens are refused unread. A header line of common servers ends at 8 KiB to 16 KiB.
  static final int MAX_TOKEN_CHARS = 16_384;

  /// Characters of good tokens kept; about 4,000 tokens of usual length.
  static final long MAX_CACHED_CHARS = 4_000_000;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final TypeReference<Map<String, Object>> CLAIMS = new TypeReference<>() {};
  private static final String NO_KEY = "No suitable key or wrong key type";
  private static final String UNDECODABLE = "JWT couldn't be decoded";
  private static final String WRONG_ALGORITHM = "Wrong or unsupported encoding algorithm";

  /// What tokens of a key for visitors and Users alone may name.
  private static final Set<String> COMMON_ROLES = Set.of("anon", "authenticated");

  /// A key that may verify tokens of one algorithm.
  private record Key(JWSAlgorithm algorithm, VerifyingKey of, JWSVerifier verifier) {}

  private final Clock clock;
  private final List<Key> keys;
  private final Cache<String, Good> good =
      Caffeine.newBuilder()
          .maximumWeight(MAX_CACHED_CHARS)
          .<String, Good>weigher((token, _) -> token.length())
          .build();

  JwtVerifier(List<VerifyingKey> keys, Clock clock) {
    this.clock = clock;
    try {
      var all = new ArrayList<Key>();
      for (var key : keys) {
        all.add(usable(key));
      }
      this.keys = List.copyOf(all);
    } catch (JOSEException e) {
      throw new IllegalStateException("a key cannot be used for verifying", e);
    }
  }

  private static Key usable(VerifyingKey key) throws JOSEException {
    return switch (key.key()) {
      case OctetSequenceKey secret -> new Key(JWSAlgorithm.HS256, key, new MACVerifier(secret));
      case ECKey ec when ec.getCurve().equals(Curve.P_256) ->
          new Key(JWSAlgorithm.ES256, key, new ECDSAVerifier(ec));
      case RSAKey rsa -> new Key(JWSAlgorithm.RS256, key, new RSASSAVerifier(rsa));
      default -> throw new JOSEException("neither P-256 nor RSA nor a secret");
    };
  }

  @Override
  public Verified verify(String token) {
    var known = good.getIfPresent(token);
    if (known != null) {
      var refused = times(known.session().claims());
      if (refused != null) {
        good.invalidate(token);
        return refused;
      }
      return known;
    }
    var verified = verifyUnknown(token);
    if (verified instanceof Good found) {
      good.put(token, found);
    }
    return verified;
  }

  private Verified verifyUnknown(String token) {
    if (token.isEmpty()) {
      return new Bad(Why.MALFORMED, "Empty JWT is sent in Authorization header");
    }
    if (token.length() > MAX_TOKEN_CHARS) {
      return new Bad(Why.MALFORMED, UNDECODABLE);
    }
    long parts = token.chars().filter(c -> c == '.').count() + 1;
    if (parts != 3) {
      return new Bad(Why.MALFORMED, "Expected 3 parts in JWT; got " + parts);
    }
    JWSObject parsed;
    try {
      parsed = JWSObject.parse(token);
    } catch (ParseException e) {
      return isUnsigned(token)
          ? new Bad(Why.ALGORITHM, WRONG_ALGORITHM)
          : new Bad(Why.MALFORMED, UNDECODABLE);
    }
    return verify(parsed);
  }

  /// `alg: none` has no JWS header in the library's eyes; tell it from rubbish for the message.
  private static boolean isUnsigned(String token) {
    try {
      var header = Header.parse(Base64URL.from(token.substring(0, token.indexOf('.'))));
      return !(header instanceof JWSHeader);
    } catch (ParseException | IllegalArgumentException e) {
      return false;
    }
  }

  private Verified verify(JWSObject token) {
    var header = token.getHeader();
    if (keys.stream().noneMatch(key -> key.algorithm().equals(header.getAlgorithm()))) {
      var supported = List.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);
      return supported.contains(header.getAlgorithm())
          ? new Bad(Why.SIGNATURE, NO_KEY)
          : new Bad(Why.ALGORITHM, WRONG_ALGORITHM);
    }
    for (var key : keys) {
      if (fits(key, header) && holds(token, key)) {
        return allowed(key, session(token.getPayload().toString()));
      }
    }
    return new Bad(Why.SIGNATURE, NO_KEY);
  }

  private boolean fits(Key key, JWSHeader header) {
    if (!key.algorithm().equals(header.getAlgorithm()) || !key.of().isCurrent(clock.instant())) {
      return false;
    }
    // A secret verifies whatever name an earlier host gave it.
    return key.algorithm().equals(JWSAlgorithm.HS256)
        || header.getKeyID() == null
        || key.of().id().equals(header.getKeyID());
  }

  /// An earlier host's key makes nobody an administrator unless the owner said so.
  private static Verified allowed(Key key, Verified verified) {
    return verified instanceof Good good
            && !key.of().everyRole()
            && !COMMON_ROLES.contains(good.session().role())
        ? new Bad(Why.SIGNATURE, NO_KEY)
        : verified;
  }

  private static boolean holds(JWSObject token, Key key) {
    try {
      return token.verify(key.verifier());
    } catch (JOSEException e) {
      return false;
    }
  }

  private Verified session(String payload) {
    Map<String, Object> claims;
    try {
      claims = JSON.readValue(payload, CLAIMS);
    } catch (JacksonException e) {
      return new Bad(Why.CLAIMS, "Parsing claims failed");
    }
    if (claims == null) {
      return new Bad(Why.CLAIMS, "Parsing claims failed");
    }
    var refused = times(claims);
    if (refused == null) {
      refused = audience(claims.get("aud"));
    }
    if (refused != null) {
      return refused;
    }
    return switch (claims.get("role")) {
      case String role -> new Good(new Session(role, payload, claims));
      case null -> withoutRole(claims);
      default -> new Bad(Why.CLAIMS, "Parsing claims failed");
    };
  }

  /// A token that names no role is good for `anon`, and says so in its claims.
  private static Good withoutRole(Map<String, Object> claims) {
    var all = new LinkedHashMap<>(claims);
    all.put("role", "anon");
    return new Good(new Session("anon", JSON.writeValueAsString(all), all));
  }

  private @Nullable Bad times(Map<String, Object> claims) {
    long now = clock.instant().getEpochSecond();
    for (var name : List.of("exp", "nbf", "iat")) {
      var value = claims.get(name);
      if (value == null) {
        continue;
      }
      if (!(value instanceof Number number)) {
        return new Bad(Why.CLAIMS, "The JWT '" + name + "' claim must be a number");
      }
      double at = number.doubleValue();
      if (name.equals("exp") && now - SKEW_SECONDS > at) {
        return new Bad(Why.EXPIRED, "JWT expired");
      }
      if (name.equals("nbf") && now + SKEW_SECONDS < at) {
        return new Bad(Why.NOT_YET, "JWT not yet valid");
      }
      if (name.equals("iat") && now + SKEW_SECONDS < at) {
        return new Bad(Why.NOT_YET, "JWT issued at future");
      }
    }
    return null;
  }

  private static @Nullable Bad audience(@Nullable Object aud) {
    boolean valid =
        switch (aud) {
          case null -> true;
          case String _ -> true;
          case Collection<?> many -> many.stream().allMatch(String.class::isInstance);
          default -> false;
        };
    return valid
        ? null
        : new Bad(Why.CLAIMS, "The JWT 'aud' claim must be a string or an array of strings");
  }
}
