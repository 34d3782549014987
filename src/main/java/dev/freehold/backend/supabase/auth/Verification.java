package dev.freehold.backend.supabase.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Compares hashes of codes without telling by the clock how much of them agrees.
final class Verification {
  private Verification() {}

  /// Whether both are the same and not empty.
  static boolean same(String given, String stored) {
    return !stored.isEmpty()
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), stored.getBytes(StandardCharsets.UTF_8));
  }
}
