package dev.freehold.operation;

import java.util.function.Supplier;

/// How running work tells where it is.
public interface Progress {
  /// Runs one named step; its begin, end and duration are told.
  <T> T step(String name, Supplier<T> work);

  void line(String text);

  /// Shows what will be done and waits until somebody says yes.
  ///
  /// @throws dev.freehold.problem.ProblemException `operation-declined` when the answer is no
  void ask(OperationEvent.Question question);
}
