package dev.freehold.inspection;

import java.util.List;

/// Whether this version of Freehold can run the app.
public sealed interface Readiness {

  /// All of it runs.
  record Yes() implements Readiness {}

  /// It runs, but what is named here waits for a later version.
  record Partly(List<Waiting> waiting) implements Readiness {}

  /// It does not run.
  ///
  /// @param reason one sentence
  record No(String reason) implements Readiness {}

  /// A part of the app that does not work yet.
  ///
  /// @param feature for example `edge functions`
  /// @param effect what the app's users will notice
  record Waiting(String feature, String effect) {}
}
