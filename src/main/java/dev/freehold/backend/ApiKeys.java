package dev.freehold.backend;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The API keys an App of one Environment may present, and what each stands for.
///
/// The key is no proof of a person; it says which App calls. Both generations stay valid side by
/// side: the opaque `sb_publishable_…` and `sb_secret_…`, and the legacy JWTs signed with the
/// legacy secret. No value shows in [#toString].
///
/// @param publishable opaque key for browsers; stands for `anon`
/// @param secret opaque key for servers; stands for `service_role`
/// @param anon legacy JWT, also what a publishable key is translated to
/// @param serviceRole legacy JWT, also what a secret key is translated to
/// @param aliases anon keys of an earlier host that stand compiled in an export; recognised by
///   their exact text, since their signature cannot be verified here
/// @param imported verifies keys that an earlier host signed with a secret the owner imported
public record ApiKeys(
    String publishable,
    String secret,
    String anon,
    String serviceRole,
    List<String> aliases,
    TokenVerifier imported) {
  /// Every prefix an opaque key may have begins so.
  public static final String OPAQUE_PREFIX = "sb_";

  /// Legacy keys live as long as hosted ones: ten years.
  static final Duration LEGACY_LIFETIME = Duration.ofDays(3650);

  /// How base64url of `{"` begins.
  private static final String JWT_START = "eyJ";

  private static final TokenVerifier NOTHING_IMPORTED =
      token -> new Verified.Bad(Verified.Why.NO_KEYS, "no key is imported");

  private static final int OPAQUE_BYTES = 24;

  /// What a key stands for.
  public enum Kind {
    ANON,
    SERVICE_ROLE
  }

  public ApiKeys {
    aliases = List.copyOf(aliases);
  }

  /// Keys of which none comes from an earlier host's secret.
  public ApiKeys(
      String publishable, String secret, String anon, String serviceRole, List<String> aliases) {
    this(publishable, secret, anon, serviceRole, aliases, NOTHING_IMPORTED);
  }

  /// New keys; the legacy ones signed with the legacy secret of `keys`.
  public static ApiKeys generate(JwtKeys keys, Clock clock) {
    return new ApiKeys(
        OPAQUE_PREFIX + "publishable_" + random(),
        OPAQUE_PREFIX + "secret_" + random(),
        legacy(keys, "anon", clock),
        legacy(keys, "service_role", clock),
        List.of());
  }

  /// The same keys, with these foreign anon keys accepted beside them.
  public ApiKeys withAliases(List<String> foreignAnonKeys) {
    return new ApiKeys(publishable, secret, anon, serviceRole, foreignAnonKeys, imported);
  }

  /// The same keys, with those that this verifies accepted beside them.
  ApiKeys withImported(TokenVerifier verifier) {
    return new ApiKeys(publishable, secret, anon, serviceRole, aliases, verifier);
  }

  /// What this key stands for; empty when it is none of ours and none of an earlier host whose
  /// secret the owner imported. Our own are compared in the same time for every key of one length.
  public Optional<Kind> kindOf(String key) {
    boolean isService = isOneOf(key, List.of(secret, serviceRole));
    boolean isAnon = isOneOf(key, List.of(publishable, anon));
    boolean isForeign = isAlias(key);
    if (isService) {
      return Optional.of(Kind.SERVICE_ROLE);
    }
    return isAnon || isForeign ? Optional.of(Kind.ANON) : ofEarlierHost(key);
  }

  /// A User's token is no key, whoever signed it.
  private Optional<Kind> ofEarlierHost(String key) {
    if (!key.startsWith(JWT_START) || !(imported.verify(key) instanceof Verified.Good good)) {
      return Optional.empty();
    }
    return switch (good.session().role()) {
      case "anon" -> Optional.of(Kind.ANON);
      case "service_role" -> Optional.of(Kind.SERVICE_ROLE);
      default -> Optional.empty();
    };
  }

  /// Whether this is one of the foreign anon keys.
  public boolean isAlias(String key) {
    return isOneOf(key, aliases);
  }

  /// The JWT that services see in place of an opaque key or an alias.
  public String legacyFor(Kind kind) {
    return switch (kind) {
      case ANON -> anon;
      case SERVICE_ROLE -> serviceRole;
    };
  }

  /// Looks at every one of ours, so that the time tells nothing.
  private static boolean isOneOf(String key, List<String> ours) {
    var given = key.getBytes(StandardCharsets.UTF_8);
    boolean found = false;
    for (var one : ours) {
      found |= MessageDigest.isEqual(given, one.getBytes(StandardCharsets.UTF_8));
    }
    return found;
  }

  private static String legacy(JwtKeys keys, String role, Clock clock) {
    long now = clock.instant().getEpochSecond();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", "supabase");
    claims.put("role", role);
    claims.put("iat", now);
    claims.put("exp", now + LEGACY_LIFETIME.toSeconds());
    return keys.signLegacy(claims);
  }

  private static String random() {
    var bytes = new byte[OPAQUE_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "ApiKeys[…]";
  }
}
