package dev.freehold.operation;

import dev.freehold.problem.Problem;
import java.time.Duration;
import java.util.Map;

/// What an Operation tells those who watch it, in order.
public sealed interface OperationEvent {
  /// The next step has begun.
  record StepBegun(String name) implements OperationEvent {}

  /// A step has ended.
  record StepEnded(String name, Duration took) implements OperationEvent {}

  /// One line of output, for example of a package manager.
  record Line(String text) implements OperationEvent {}

  /// What was found and what will be done; the Operation waits until it is confirmed.
  ///
  /// @param report the Inspection for a terminal
  /// @param plan the Plan for a terminal
  /// @param json the Inspection for a program
  /// @param confirmed whether the answer was given beforehand
  /// @param fresh whether nothing exists yet that the Plan would change
  record Question(String report, String plan, String json, boolean confirmed, boolean fresh)
      implements OperationEvent {}

  /// The Operation reached its end.
  ///
  /// @param summary what there is now, for a terminal
  /// @param facts the same for a program
  record Done(String summary, Map<String, Object> facts) implements OperationEvent {}

  /// The Operation ended without reaching its end; nothing live was changed.
  record Failed(Problem problem) implements OperationEvent {}

  default boolean last() {
    return switch (this) {
      case Done _, Failed _ -> true;
      case StepBegun _, StepEnded _, Line _, Question _ -> false;
    };
  }
}
