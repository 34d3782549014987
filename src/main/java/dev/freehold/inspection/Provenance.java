package dev.freehold.inspection;

import java.util.List;

/// Which Vendor made the app, decided by several markers, because each of them may have been edited
/// away by hand.
///
/// @param vendor the Vendor
/// @param generation its short name, for example `L3b`; empty when unknown
/// @param label the same in words
/// @param markers what was seen, for the reader to judge
public record Provenance(Vendor vendor, String generation, String label, List<String> markers) {

  /// The builders whose exports are recognised.
  public enum Vendor {
    LOVABLE("Lovable"),
    BOLT("Bolt"),
    BASE44("Base44"),
    V0("v0"),
    REPLIT("Replit"),
    UNKNOWN("not recognised");

    private final String label;

    Vendor(String label) {
      this.label = label;
    }

    /// The name the Vendor uses for itself.
    public String label() {
      return label;
    }
  }
}
