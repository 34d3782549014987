package dev.freehold.backend.supabase.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Codes of authenticator apps (RFC 6238): six digits of HMAC-SHA-1, a new one every thirty
/// seconds, one before and one after accepted.
final class Totp {
  static final int PERIOD_SECONDS = 30;
  private static final int SECRET_BYTES = 20;
  private static final int DIGITS = 6;
  private static final int MODULUS = 1_000_000;
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private Totp() {}

  /// A new secret in base 32, without padding.
  static String newSecret(SecureRandom random) {
    var bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    var text = new StringBuilder();
    int bits = 0;
    int held = 0;
    for (byte b : bytes) {
      bits = (bits << 8) | (b & 0xff);
      held += 8;
      while (held >= 5) {
        held -= 5;
        text.append(BASE32.charAt((bits >> held) & 31));
      }
    }
    return text.toString();
  }

  /// What an app reads from the picture.
  static String uri(String issuer, String account, String secret) {
    return "otpauth://totp/"
        + escape(issuer)
        + ":"
        + escape(account)
        + "?algorithm=SHA1&digits="
        + DIGITS
        + "&issuer="
        + escape(issuer)
        + "&period="
        + PERIOD_SECONDS
        + "&secret="
        + secret;
  }

  private static String escape(String text) {
    return SignedIn.encode(text).replace("+", "%20").replace("%40", "@");
  }

  static boolean isValid(String code, String secret, Instant now) {
    var key = bytes(secret);
    if (key == null || key.length == 0) {
      return false;
    }
    long step = now.getEpochSecond() / PERIOD_SECONDS;
    boolean found = false;
    for (long at = step - 1; at <= step + 1; at++) {
      found |=
          MessageDigest.isEqual(
              code(key, at).getBytes(StandardCharsets.UTF_8),
              code.strip().getBytes(StandardCharsets.UTF_8));
    }
    return found;
  }

  /// The code of that secret at that time.
  static String code(String secret, Instant at) {
    var key = bytes(secret);
    if (key == null) {
      throw new IllegalArgumentException("not base 32");
    }
    return code(key, at.getEpochSecond() / PERIOD_SECONDS);
  }

  private static String code(byte[] key, long step) {
    try {
      var mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(key, "HmacSHA1"));
      var hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
      int offset = hash[hash.length - 1] & 15;
      int number = ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & Integer.MAX_VALUE;
      return String.format("%0" + DIGITS + "d", number % MODULUS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte @Nullable [] bytes(String base32) {
    var text = base32.replace("=", "");
    var bytes = ByteBuffer.allocate(text.length() * 5 / 8);
    int bits = 0;
    int held = 0;
    for (int i = 0; i < text.length(); i++) {
      int value = BASE32.indexOf(Character.toUpperCase(text.charAt(i)));
      if (value < 0) {
        return null;
      }
      bits = (bits << 5 | value) & 0xfff;
      held += 5;
      if (held >= 8) {
        held -= 8;
        bytes.put((byte) (bits >> held));
      }
    }
    return bytes.array();
  }
}
