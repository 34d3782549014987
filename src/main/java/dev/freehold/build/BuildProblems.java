package dev.freehold.build;

import dev.freehold.problem.Problem;
import java.time.Duration;

/// The ways a build can end without an Artifact, in words.
final class BuildProblems {
  private BuildProblems() {}

  static RuntimeException cancelled() {
    return Problem.of("build-cancelled", "the build was stopped").raise();
  }

  static RuntimeException tooLong(String what, Duration limit) {
    return Problem.of("build-timed-out", what + " took longer than " + limit.toMinutes() + " min")
        .hint("raise the build's time limit, or look for a command that waits for input")
        .raise();
  }

  static RuntimeException installFailed(String lastWords) {
    return Problem.of("install-failed", "the app's packages could not be installed")
        .detail(lastWords)
        .hint("the log names each way that was tried and why it failed")
        .raise();
  }

  static RuntimeException noOutput(String wanted, String lastWords) {
    return Problem.of("build-failed", "the build left no output that can be served")
        .detail("wanted " + wanted + "; the last words were:\n" + lastWords)
        .hint("does the same command build the app elsewhere? The log has all of its output")
        .raise();
  }

  static RuntimeException outOfMemory(long limitBytes) {
    return Problem.of("build-out-of-memory", "the build needs more memory than it may take")
        .detail("its limit is " + (limitBytes >> 20) + " MiB")
        .hint("raise the build's memory limit, or build on a machine with more memory")
        .raise();
  }

  static RuntimeException diskFull() {
    return Problem.of("build-disk-full", "the build was stopped: the disk is nearly full")
        .hint("free space, or remove old releases")
        .raise();
  }

  static RuntimeException leaksServiceKey(String path) {
    return Problem.of("build-leaks-service-key", "a key that opens the whole database is public")
        .detail("a service_role or secret key stands in " + path + ", which anybody may read")
        .hint("remove the key from the app's client code and replace it with a new one")
        .raise();
  }
}
