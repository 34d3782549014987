package dev.freehold.backend;

import java.io.IOException;
import java.io.UncheckedIOException;

/// The JavaScript module by which calls of a Vendor's services come to ours; for Deno and Node.js.
public final class VendorCallsModule {
  /// The name under which it is imported.
  public static final String NAME = "vendor-calls.mjs";

  private VendorCallsModule() {}

  /// Its text in UTF-8.
  public static byte[] bytes() {
    try (var stream = VendorCallsModule.class.getResourceAsStream(NAME)) {
      if (stream == null) {
        throw new IllegalStateException(NAME + " is not in our own jar");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
