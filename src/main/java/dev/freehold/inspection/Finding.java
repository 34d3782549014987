package dev.freehold.inspection;

import java.util.List;

/// One fact the owner should know, with what to do about it. Never holds a secret's value.
///
/// @param severity how much it matters
/// @param code stable and documented in docs/reference/inspection.md, for example `rls-missing`
/// @param message one sentence of fact
/// @param places where it was seen; empty when it concerns the whole app
/// @param hint what to do
public record Finding(
    Severity severity, String code, String message, List<Place> places, String hint) {

  static Finding danger(String code, String message, List<Place> places, String hint) {
    return new Finding(Severity.DANGER, code, message, List.copyOf(places), hint);
  }

  static Finding warning(String code, String message, List<Place> places, String hint) {
    return new Finding(Severity.WARNING, code, message, List.copyOf(places), hint);
  }

  static Finding note(String code, String message, List<Place> places, String hint) {
    return new Finding(Severity.NOTE, code, message, List.copyOf(places), hint);
  }
}
