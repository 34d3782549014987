package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Takes a secret without it standing in an argument list, where every user of the machine could
/// read it.
final class SecretInput {
  private static final int MAX_BYTES = 1 << 20;

  private SecretInput() {}

  /// Asks at a terminal without echo, or reads standard input to its end.
  static String ask(String name) {
    return Terminal.console()
        .map(console -> console.readPassword("%s: ", name))
        .map(String::new)
        .orElseGet(SecretInput::fromStandardInput);
  }

  static String fromStandardInput() {
    try {
      var bytes = System.in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw Problem.of(
                "input-too-large", "standard input holds more than " + MAX_BYTES + " bytes")
            .raise();
      }
      return new String(bytes, StandardCharsets.UTF_8).stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
