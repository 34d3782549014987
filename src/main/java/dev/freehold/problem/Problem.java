package dev.freehold.problem;

import java.util.Optional;

/// What went wrong, told to a person: what happened, where, and what to do about it.
///
/// The command line prints it; the HTTP API renders the same record as RFC 9457 problem details.
///
/// @param code stable and documented in docs/reference/problems.md, for example `release-not-found`
/// @param message one sentence of fact
/// @param detail where it happened and what was seen there: a file and line, a command's last words
/// @param hint what to try next; absent when we honestly do not know
public record Problem(String code, String message, Optional<String> detail, Optional<String> hint) {

  public static Problem of(String code, String message) {
    return new Problem(code, message, Optional.empty(), Optional.empty());
  }

  public Problem detail(String seen) {
    return new Problem(code, message, Optional.of(seen), hint);
  }

  public Problem hint(String advice) {
    return new Problem(code, message, detail, Optional.of(advice));
  }

  public ProblemException raise() {
    return new ProblemException(this, null);
  }

  public ProblemException raise(Throwable cause) {
    return new ProblemException(this, cause);
  }
}
