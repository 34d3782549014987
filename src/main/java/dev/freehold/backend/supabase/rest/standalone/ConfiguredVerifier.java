package dev.freehold.backend.supabase.rest.standalone;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.freehold.backend.Session;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import dev.freehold.backend.Verified.Bad;
import dev.freehold.backend.Verified.Good;
import dev.freehold.backend.Verified.Why;
import dev.freehold.backend.supabase.rest.config.RoleClaimPath;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Verifies tokens by the keys, the audience and the role's place that an operator configured.
///
/// Times are checked with 30 s of tolerance. A token whose signature was found good is remembered
/// by its exact text, as many as `jwt-cache-max-entries` says; its times are checked at each use.
///
/// Source: https://docs.postgrest.org/en/v14/references/auth.html
final class ConfiguredVerifier implements TokenVerifier {
  /// Clock difference tolerated between two hosts.
  static final long SKEW_SECONDS = 30;

  /// Longer tokens are refused unread.
  private static final int MAX_TOKEN_CHARS = 65_536;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();
  private static final TypeReference<Map<String, Object>> CLAIMS = new TypeReference<>() {};
  private static final String NO_KEY = "No suitable key or wrong key type";
  private static final String UNREADABLE = "JWT cryptographic operation failed";

  private final Optional<TokenKeys> keys;
  private final String audience;
  private final RoleClaimPath rolePath;
  private final String anonRole;
  private final Clock clock;
  private final @Nullable Cache<String, Map<String, Object>> verified;

  /// @param keys absent refuses every token
  /// @param audience the one a token with `aud` has to name; empty for any
  /// @param anonRole the role of a token that names none; empty when there is none
  /// @param cached how many tokens are remembered, 0 for none
  ConfiguredVerifier(
      Optional<TokenKeys> keys,
      String audience,
      RoleClaimPath rolePath,
      String anonRole,
      long cached,
      Clock clock) {
    this.keys = keys;
    this.audience = audience;
    this.rolePath = rolePath;
    this.anonRole = anonRole;
    this.clock = clock;
    verified = cached > 0 ? Caffeine.newBuilder().maximumSize(cached).recordStats().build() : null;
  }

  /// What the memory of verified tokens was asked and has forgotten.
  CacheStats remembered() {
    return verified == null ? CacheStats.empty() : verified.stats();
  }

  @Override
  public Verified verify(String token) {
    if (keys.isEmpty()) {
      return new Bad(Why.NO_KEYS, "Server lacks JWT secret");
    }
    var claims = verified == null ? null : verified.getIfPresent(token);
    if (claims == null) {
      var refused = signature(keys.get(), token);
      if (refused != null) {
        return refused;
      }
      claims = claims(token);
      if (claims == null) {
        return new Bad(Why.CLAIMS, "Parsing claims failed");
      }
      if (verified != null) {
        verified.put(token, claims);
      }
    }
    var refused = refusal(claims);
    return refused != null ? refused : session(claims);
  }

  /// Null for a token whose signature holds.
  private static @Nullable Bad signature(TokenKeys keys, String token) {
    if (token.isEmpty()) {
      return new Bad(Why.MALFORMED, "Empty JWT is sent in Authorization header");
    }
    long parts = token.chars().filter(c -> c == '.').count() + 1;
    if (parts != 3) {
      return new Bad(Why.MALFORMED, "Expected 3 parts in JWT; got " + parts);
    }
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    try {
      if (token.length() > MAX_TOKEN_CHARS) {
        return new Bad(Why.MALFORMED, UNREADABLE);
      }
      Map<String, Object> header = JSON.readValue(decoded(token.substring(0, first)), CLAIMS);
      if (header == null || !(header.get("alg") instanceof String name)) {
        return new Bad(Why.MALFORMED, UNREADABLE);
      }
      if (name.equals("none")) {
        return new Bad(
            Why.ALGORITHM,
            "Wrong or unsupported encoding algorithm",
            "JWT is unsecured but expected 'alg' was not 'none'");
      }
      var algorithm = TokenKeys.Algorithm.named(name);
      var signature = decoded(token.substring(second + 1));
      decoded(token.substring(first + 1, second));
      if (algorithm.isEmpty()) {
        return new Bad(Why.MALFORMED, UNREADABLE);
      }
      var id =
          header.get("kid") instanceof String text ? Optional.of(text) : Optional.<String>empty();
      return switch (keys.verify(algorithm.get(), id, token.substring(0, second), signature)) {
        case VERIFIED -> null;
        case NONE_FITS ->
            new Bad(Why.SIGNATURE, NO_KEY, "None of the keys was able to decode the JWT");
        case NO_KEY ->
            new Bad(Why.SIGNATURE, NO_KEY, "No suitable key was found to decode the JWT");
      };
    } catch (IllegalArgumentException | JacksonException e) {
      return new Bad(Why.MALFORMED, UNREADABLE);
    }
  }

  private static byte[] decoded(String part) {
    return Base64.getUrlDecoder().decode(part);
  }

  /// Null when they are no JSON object.
  private static @Nullable Map<String, Object> claims(String token) {
    try {
      var payload = token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
      return JSON.readValue(decoded(payload), CLAIMS);
    } catch (JacksonException e) {
      return null;
    }
  }

  private @Nullable Bad refusal(Map<String, Object> claims) {
    long now = clock.instant().getEpochSecond();
    for (var name : List.of("exp", "nbf", "iat")) {
      var value = claims.get(name);
      if (value == null) {
        continue;
      }
      if (!(value instanceof Number number)) {
        return new Bad(Why.CLAIMS, "The JWT '" + name + "' claim must be a number");
      }
      long at = seconds(number);
      if (name.equals("exp") && now - SKEW_SECONDS > at) {
        return new Bad(Why.EXPIRED, "JWT expired");
      }
      if (!name.equals("exp") && now + SKEW_SECONDS < at) {
        return new Bad(
            Why.NOT_YET, name.equals("nbf") ? "JWT not yet valid" : "JWT issued at future");
      }
    }
    return audience(claims.get("aud"));
  }

  /// What is no whole number of 64 bits counts as 0, as PostgREST counts it.
  private static long seconds(Number number) {
    try {
      return switch (number) {
        case BigDecimal decimal -> decimal.scale() < -100 ? 0 : decimal.longValueExact();
        case BigInteger integer -> integer.longValueExact();
        default -> number.longValue();
      };
    } catch (ArithmeticException e) {
      return 0;
    }
  }

  private @Nullable Bad audience(@Nullable Object aud) {
    boolean ours;
    switch (aud) {
      case null -> {
        return null;
      }
      case String one -> ours = isOurs(one);
      case Collection<?> many when many.stream().allMatch(String.class::isInstance) ->
          ours = many.isEmpty() || many.stream().anyMatch(this::isOurs);
      default -> {
        return new Bad(Why.CLAIMS, "The JWT 'aud' claim must be a string or an array of strings");
      }
    }
    return ours ? null : new Bad(Why.CLAIMS, "JWT not in audience");
  }

  private boolean isOurs(Object aud) {
    return audience.isEmpty() || audience.equals(aud);
  }

  private Good session(Map<String, Object> claims) {
    var named = rolePath.in(claims);
    var role = named.map(ConfiguredVerifier::text).orElse(anonRole);
    var all = new LinkedHashMap<>(claims);
    all.put("role", role);
    return new Good(new Session(role, JSON.writeValueAsString(all), all));
  }

  private static String text(Object value) {
    return value instanceof String text ? text : JSON.writeValueAsString(value);
  }
}
