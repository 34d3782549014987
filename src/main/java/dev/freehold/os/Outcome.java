package dev.freehold.os;

/// How a command ended.
///
/// @param exit its exit status; 128 + n when signal n ended it
/// @param out what it wrote to standard output, the last [Commands#MAX_OUTPUT_BYTES] of it
/// @param err the same of standard error
/// @param timedOut whether we killed it because its time was over
public record Outcome(int exit, String out, String err, boolean timedOut) {
  public boolean ok() {
    return exit == 0 && !timedOut;
  }

  /// The last words, for a Problem's detail.
  public String lastWords() {
    var text = err.isBlank() ? out : err;
    var lines = text.strip().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
