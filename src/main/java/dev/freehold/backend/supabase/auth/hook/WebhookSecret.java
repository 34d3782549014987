package dev.freehold.backend.supabase.auth.hook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A secret of Standard Webhooks: signs what is sent, so that the receiver knows who sent it.
public final class WebhookSecret {
  private static final String VERSION = "v1,";
  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";

  private final byte[] key;

  private WebhookSecret(byte[] key) {
    this.key = key;
  }

  /// @throws IllegalArgumentException when it is not `v1,whsec_` and base64
  static WebhookSecret parse(String text) {
    if (!text.startsWith(VERSION)) {
      throw new IllegalArgumentException("a hook's secret has the form v1,whsec_…");
    }
    var encoded = text.substring(VERSION.length());
    encoded = encoded.startsWith(PREFIX) ? encoded.substring(PREFIX.length()) : encoded;
    try {
      var key = Base64.getDecoder().decode(encoded.strip());
      if (key.length > 0) {
        return new WebhookSecret(key);
      }
    } catch (IllegalArgumentException e) {
      // Said below, without the secret.
    }
    throw new IllegalArgumentException("what follows whsec_ in a hook's secret is not base64");
  }

  /// `v1,` and the signature of id, time and body.
  ///
  /// @param seconds since 1970
  String sign(String id, long seconds, byte[] body) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
      return VERSION + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "WebhookSecret[…]";
  }
}
