package dev.freehold.backend;

/// The JavaScript module by which calls of a Vendor's services come to ours; for Deno and Node.js.
/// It lies beside this class.
public final class VendorCallsModule {
  /// The name under which it is imported.
  public static final String NAME = "vendor-calls.mjs";

  private VendorCallsModule() {}
}
