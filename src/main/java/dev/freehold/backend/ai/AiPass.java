package dev.freehold.backend.ai;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The word by which an App's own processes are let in, another for each of them: the caller's name
/// and its seal. It opens nothing but this gateway, and is worth nothing without the secret.
public final class AiPass {
  private static final String MAC = "HmacSHA256";

  private final SecretKeySpec key;

  /// @param secret of one Environment
  public AiPass(String secret) {
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), MAC);
  }

  /// @param caller a function's name, or another word for who calls; no dot
  public String of(String caller) {
    return caller + "." + seal(caller);
  }

  Optional<String> caller(String pass) {
    int dot = pass.indexOf('.');
    if (dot < 1) {
      return Optional.empty();
    }
    var caller = pass.substring(0, dot);
    return MessageDigest.isEqual(
            of(caller).getBytes(StandardCharsets.UTF_8), pass.getBytes(StandardCharsets.UTF_8))
        ? Optional.of(caller)
        : Optional.empty();
  }

  private String seal(String caller) {
    try {
      var mac = Mac.getInstance(MAC);
      mac.init(key);
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(mac.doFinal(caller.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
