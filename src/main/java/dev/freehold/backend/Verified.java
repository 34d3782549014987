package dev.freehold.backend;

/// What became of a bearer token.
public sealed interface Verified {
  /// The signature holds and the token is in its time.
  ///
  /// @param session whose role is empty when the token names none
  record Good(Session session) implements Verified {}

  /// The token is refused.
  ///
  /// @param why which rule it broke
  /// @param message the rule in PostgREST's words, for example `JWT expired`
  /// @param detail what exactly did not fit, empty when there is no more to say
  record Bad(Why why, String message, String detail) implements Verified {
    public Bad(Why why, String message) {
      this(why, message, "");
    }
  }

  /// Which rule a refused token broke.
  enum Why {
    /// There is no key to check any token with.
    NO_KEYS,
    /// Not three base64url parts, or not JSON inside.
    MALFORMED,
    /// No key fits, or the signature does not hold.
    SIGNATURE,
    /// An algorithm we do not accept, `none` among them.
    ALGORITHM,
    /// Past its `exp`.
    EXPIRED,
    /// Before its `nbf` or `iat`.
    NOT_YET,
    /// A claim of the wrong type, or an audience that is not ours.
    CLAIMS
  }
}
