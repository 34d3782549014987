package dev.freehold.backend;

import java.time.Instant;
import java.util.Optional;

/// What an owner may know of a key: everything but the key.
///
/// @param id its `kid`
/// @param algorithm `ES256`, `RS256` or `HS256`
/// @param since when it took its place; empty when nobody noted it
/// @param until when no token of it can be valid any more; empty for one without an end
/// @param everyRole whether its tokens may name any role, `service_role` among them
public record KeyFacts(
    String id,
    String algorithm,
    State state,
    Optional<Instant> since,
    Optional<Instant> until,
    boolean everyRole) {
  /// What a key does.
  public enum State {
    /// Signs the tokens of Users.
    SIGNS,
    /// Signed the anon and service_role keys of this Environment, and verifies them.
    SIGNS_API_KEYS,
    /// Signed before; its tokens are valid until they expire.
    EARLIER,
    /// Verifies what an earlier host of the App signed.
    IMPORTED
  }
}
