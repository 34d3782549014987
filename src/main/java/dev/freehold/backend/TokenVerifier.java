package dev.freehold.backend;

/// Turns a bearer token into the Session it stands for.
@FunctionalInterface
public interface TokenVerifier {
  /// @param token the compact token, without `Bearer `
  Verified verify(String token);
}
