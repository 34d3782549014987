package dev.freehold.backend;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The word by which an App's own processes are let in where their Vendor's services are answered,
/// another for each of them: the caller's name and its seal. It opens nothing but the gateway whose
/// secret it is made of, and is worth nothing without that.
public final class ProcessPass {
  /// The header field that brings it.
  public static final String FIELD = "x-freehold-pass";

  private static final String MAC = "HmacSHA256";

  private final SecretKeySpec key;

  /// @param secret of one Environment
  public ProcessPass(String secret) {
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), MAC);
  }

  /// @param caller a function's name, or another word for who calls; no dot
  public String of(String caller) {
    return caller + "." + seal(caller);
  }

  /// Whose pass it is; empty when it is none.
  public Optional<String> caller(String pass) {
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
