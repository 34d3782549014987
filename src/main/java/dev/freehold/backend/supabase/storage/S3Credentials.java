package dev.freehold.backend.supabase.storage;

import dev.freehold.backend.ApiKeys;
import dev.freehold.backend.JwtKeys;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// With what S3 clients sign their requests. The one key pair acts as administrator; a request that
/// brings a User's token beside it is signed with the anon key and acts as that User. Nothing of
/// this shows in [#toString].
///
/// @param accessKeyId names the secret
/// @param secret signs as administrator
/// @param anonKey signs for a User's token
public record S3Credentials(String accessKeyId, String secret, String anonKey) {
  private static final int ID_DIGITS = 32;

  /// A pair that follows from the Environment's legacy secret, so that there is nothing more to
  /// keep: whoever rotates that has new ones.
  public static S3Credentials of(JwtKeys keys, ApiKeys api) {
    var secret = keys.legacySecret().getBytes(StandardCharsets.UTF_8);
    var id = HexFormat.of().formatHex(SignatureV4.hmac(secret, "freehold s3 access key id"));
    var key = HexFormat.of().formatHex(SignatureV4.hmac(secret, "freehold s3 secret access key"));
    return new S3Credentials(id.substring(0, ID_DIGITS), key, api.anon());
  }

  @Override
  public String toString() {
    return "S3Credentials[…]";
  }
}
