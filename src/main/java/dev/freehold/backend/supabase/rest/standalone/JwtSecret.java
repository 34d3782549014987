package dev.freehold.backend.supabase.rest.standalone;

import static dev.freehold.backend.supabase.rest.config.ConfigOption.JWT_SECRET;
import static dev.freehold.backend.supabase.rest.config.ConfigOption.JWT_SECRET_IS_BASE64;

import dev.freehold.backend.supabase.rest.config.Configuration;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// The bytes of `jwt-secret`: as it stands, from the file it names after an `@`, out of base64 when
/// `jwt-secret-is-base64`.
final class JwtSecret {
  private JwtSecret() {}

  static Optional<byte[]> of(Configuration configuration) {
    var text = configuration.text(JWT_SECRET);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var bytes =
        text.startsWith("@")
            ? content(Path.of(text.substring(1)))
            : text.getBytes(StandardCharsets.UTF_8);
    return Optional.of(configuration.flag(JWT_SECRET_IS_BASE64) ? decoded(bytes) : bytes);
  }

  /// Without the line end an editor leaves.
  private static byte[] content(Path file) {
    try {
      var bytes = Files.readAllBytes(file);
      boolean ends = bytes.length > 0 && bytes[bytes.length - 1] == '\n';
      return ends ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    } catch (IOException e) {
      throw Problem.of("rest-configuration-unreadable", "the file of jwt-secret cannot be read")
          .detail(file + ": " + e.getMessage())
          .hint("jwt-secret = \"@FILE\" names a file that this process may read")
          .raise(e);
    }
  }

  /// Both alphabets, and dots for the padding.
  private static byte[] decoded(byte[] bytes) {
    var text =
        new String(bytes, StandardCharsets.UTF_8)
            .strip()
            .replace('_', '/')
            .replace('-', '+')
            .replace('.', '=');
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw Problem.of("rest-setting-invalid", "the setting jwt-secret is not usable")
          .detail("it is not base64, which jwt-secret-is-base64 says it is")
          .hint("encode it, or set jwt-secret-is-base64 = false")
          .raise();
    }
  }
}
