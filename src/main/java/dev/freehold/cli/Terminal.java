package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.io.Console;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a command writes: results to standard output, progress and problems to standard error.
/// Nothing of an app's own text can move the cursor: control characters are shown as `�`.
final class Terminal {
  /// Nobody reads standard output any more, as after `freehold logs -f | head`: the command ends.
  static final class OutputClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;

  Terminal(PrintStream out, PrintStream err, boolean interactive) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
  }

  static Terminal ofProcess() {
    return new Terminal(System.out, System.err, console().isPresent());
  }

  /// The keyboard of a person, when there is one.
  static Optional<Console> console() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }

  boolean interactive() {
    return interactive;
  }

  void say(String text) {
    out.println(safe(text));
    if (out.checkError()) {
      throw new OutputClosed();
    }
  }

  void progress(String text) {
    err.println(safe(text));
    err.flush();
  }

  void problem(Problem problem) {
    progress("freehold: " + problem.message());
    problem.detail().ifPresent(detail -> detail.lines().forEach(line -> progress("  " + line)));
    problem.hint().ifPresent(hint -> progress("  → " + hint));
    progress("  (" + problem.code() + ")");
  }

  /// Rows under headings, each column as wide as its widest cell.
  void table(List<String> headings, List<List<String>> rows) {
    var all = new ArrayList<List<String>>();
    all.add(headings);
    all.addAll(rows);
    var widths = new int[headings.size()];
    for (var row : all) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (var row : all) {
      var line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i));
        if (i < row.size() - 1) {
          line.append(" ".repeat(widths[i] - row.get(i).length() + 2));
        }
      }
      say(line.toString().stripTrailing());
    }
  }

  /// Without the colours and cursor movements of the programs we run (ECMA-48 §5.4), and with what
  /// else could move the cursor shown as `�`.
  private static String safe(String text) {
    return text.replaceAll("\u001b\\[[0-?]*[ -/]*[@-~]", "")
        .replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "�");
  }
}
