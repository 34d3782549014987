package dev.freehold.plan;

import java.util.ArrayList;
import java.util.List;

/// Prints a Plan for a terminal: at most [#WIDTH] columns, no colours.
public final class PlanText {
  /// Widest line, in columns.
  public static final int WIDTH = 100;

  private static final int MAX_READERS = 3;

  private final StringBuilder out = new StringBuilder();

  private PlanText() {}

  /// The whole plan, ending in a newline.
  public static String write(Plan plan) {
    var text = new PlanText();
    text.out.append("Plan for %s, %s%n%n".formatted(plan.appName(), plan.environment()));
    text.steps(plan.steps());
    text.list("Afterwards there will be", plan.creates());
    text.missing(plan.missing());
    text.warnings(plan.warnings());
    return text.out.toString();
  }

  private void steps(List<Step> steps) {
    int number = 1;
    for (var step : steps) {
      wrapped("  %2d  ".formatted(number++), step.description());
    }
  }

  private void list(String title, List<String> items) {
    if (items.isEmpty()) {
      return;
    }
    out.append('\n').append(title).append('\n');
    items.forEach(item -> wrapped("  -   ", item));
  }

  private void missing(List<Plan.MissingSecret> missing) {
    var now = missing.stream().filter(Plan.MissingSecret::neededNow).toList();
    var later = missing.stream().filter(m -> !m.neededNow()).toList();
    list("Secrets nobody has set yet", now.stream().map(PlanText::secret).toList());
    list(
        "Secrets that edge functions will need, once they run",
        later.stream().map(PlanText::secret).toList());
  }

  private static String secret(Plan.MissingSecret secret) {
    var readers = secret.neededBy();
    var shown = String.join(", ", readers.subList(0, Math.min(MAX_READERS, readers.size())));
    int hidden = readers.size() - MAX_READERS;
    return secret.name() + ", read by " + shown + (hidden > 0 ? " and " + hidden + " more" : "");
  }

  private void warnings(List<Plan.Warning> warnings) {
    if (warnings.isEmpty()) {
      return;
    }
    out.append("\nBefore you say yes\n");
    for (var warning : warnings) {
      wrapped(warning.serious() ? "  DANGER   " : "  warning  ", warning.text());
    }
  }

  private void wrapped(String head, String text) {
    var indent = " ".repeat(head.length());
    var lines = new ArrayList<String>();
    var line = new StringBuilder(head);
    boolean fresh = true;
    for (var word : text.split("\\s+")) {
      if (!fresh && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(indent);
        fresh = true;
      }
      line.append(fresh ? "" : " ").append(word);
      fresh = false;
    }
    lines.add(line.toString());
    lines.forEach(l -> out.append(l).append('\n'));
  }
}
