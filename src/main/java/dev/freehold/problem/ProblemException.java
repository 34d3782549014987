package dev.freehold.problem;

import org.jspecify.annotations.Nullable;

/// Carries a [Problem] from where it was noticed to the face that shows it. Raised once, never
/// logged on the way.
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ProblemException(Problem problem, @Nullable Throwable cause) {
    super(
        problem.code() + ": " + problem.message() + problem.detail().map(d -> " — " + d).orElse(""),
        cause);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
