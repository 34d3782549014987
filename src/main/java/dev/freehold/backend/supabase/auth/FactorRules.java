package dev.freehold.backend.supabase.auth;

import java.time.Duration;

/// Second factors.
///
/// @param maxEnrolled factors of one User, verified or not
/// @param maxVerified verified factors of one User
/// @param challenge how long a challenge may be answered
/// @param unverified how long a factor may stay unverified before another enrolment removes it
/// @param totp codes of an authenticator app
/// @param phone codes sent to a phone
/// @param phoneInterval least time between two messages to one phone factor
/// @param phoneDigits digits of a sent code
public record FactorRules(
    int maxEnrolled,
    int maxVerified,
    Duration challenge,
    Duration unverified,
    Kind totp,
    Kind phone,
    Duration phoneInterval,
    int phoneDigits) {

  /// What may be done with factors of one type.
  ///
  /// @param enroll new ones
  /// @param verify challenges of those that exist
  public record Kind(boolean enroll, boolean verify) {
    public static final Kind ON = new Kind(true, true);
    public static final Kind OFF = new Kind(false, false);
  }

  /// GoTrue's.
  public static final FactorRules DEFAULT =
      new FactorRules(
          10,
          10,
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          Kind.ON,
          Kind.OFF,
          Duration.ofMinutes(1),
          6);

  public FactorRules withPhone(Kind changed) {
    return new FactorRules(
        maxEnrolled, maxVerified, challenge, unverified, totp, changed, phoneInterval, phoneDigits);
  }
}
