package dev.freehold.inspection;

/// How much a Finding matters.
public enum Severity {
  /// Somebody could read, change or spend what is not theirs.
  DANGER,
  /// The app will not behave as it did, or may not after the next change.
  WARNING,
  /// Good to know; nothing needs to be done.
  NOTE
}
