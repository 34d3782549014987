package dev.freehold.backend;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import java.time.Instant;
import java.util.Optional;

/// A key that tokens are checked with and none is signed with.
///
/// @param key public where it can be; an `oct` key is a secret by nature
/// @param origin where it comes from
/// @param since when it took its place; empty when nobody noted it
/// @param until when no token of it can be valid any more; empty for one without an end
/// @param everyRole whether its tokens may name any role; otherwise only what visitors and Users
///   are, so that an earlier host's secret makes nobody an administrator here
record VerifyingKey(
    JWK key, Origin origin, Optional<Instant> since, Optional<Instant> until, boolean everyRole) {
  /// Where a key comes from.
  enum Origin {
    /// An operator configured it.
    GIVEN,
    /// It signed tokens here before another took its place.
    EARLIER,
    /// An earlier host of the App signs or signed with it.
    IMPORTED
  }

  static VerifyingKey given(JWK key) {
    return new VerifyingKey(key, Origin.GIVEN, Optional.empty(), Optional.empty(), true);
  }

  static VerifyingKey imported(JWK key, Instant since, boolean everyRole) {
    return new VerifyingKey(key, Origin.IMPORTED, Optional.of(since), Optional.empty(), everyRole);
  }

  boolean isSecret() {
    return key instanceof OctetSequenceKey;
  }

  String id() {
    return key.getKeyID() == null ? "" : key.getKeyID();
  }

  boolean isCurrent(Instant now) {
    return until.map(now::isBefore).orElse(true);
  }

  /// Never the key itself: an imported one may be a secret.
  @Override
  public String toString() {
    return "VerifyingKey[" + id() + "]";
  }
}
