package dev.freehold.app;

import dev.freehold.problem.Problem;
import java.util.List;
import java.util.regex.Pattern;

/// The name of a Variable or a Secret, as it stands in a process's environment.
///
/// Names that would change how a program is loaded (`LD_PRELOAD`, `NODE_OPTIONS`, …) are refused: a
/// peer was entered through the names of its variables, not their values.
///
/// @param text letters, digits and `_`, no digit first, at most 128 characters
public record VariableName(String text) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
  private static final List<String> REFUSED =
      List.of("LD_", "DYLD_", "NODE_OPTIONS", "PATH", "HOME", "SHELL", "IFS", "FREEHOLD_");

  public VariableName {
    if (!NAME.matcher(text).matches()) {
      throw Problem.of("variable-name-invalid", "that cannot be the name of a variable")
          .hint("use letters, digits and _, no digit first, for example STRIPE_SECRET_KEY")
          .raise();
    }
    for (var refused : REFUSED) {
      if (refused.endsWith("_") ? text.startsWith(refused) : text.equals(refused)) {
        throw Problem.of("variable-name-refused", text + " belongs to the system")
            .hint("choose a name that does not start like " + refused)
            .raise();
      }
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
