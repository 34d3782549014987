package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One sign-in of a User on one device: a row of `auth.sessions`. Ends when it is deleted; its
/// refresh tokens go with it.
///
/// @param methods how the User proved who they are, newest first
record LoginSession(
    UUID id,
    UUID userId,
    Instant createdAt,
    @Nullable Instant notAfter,
    @Nullable Instant refreshedAt,
    String aal,
    List<Method> methods) {

  /// One proof.
  ///
  /// @param name `password`, `otp`, `recovery`, `anonymous`, `totp`, …
  record Method(String name, Instant at) {}

  boolean isExpired(Instant now) {
    return notAfter != null && now.isAfter(notAfter);
  }
}
