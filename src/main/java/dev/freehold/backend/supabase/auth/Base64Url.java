package dev.freehold.backend.supabase.auth;

import java.util.Base64;

/// Bytes as WebAuthn writes them: base64 for URLs, without padding.
///
/// @param text base64url
record Base64Url(String text) {
  static Base64Url of(byte[] bytes) {
    return new Base64Url(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  byte[] bytes() {
    return Base64.getUrlDecoder().decode(text);
  }
}
