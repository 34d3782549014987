package dev.freehold.inspection;

/// Lays text out in columns of a terminal: titles, labelled facts and wrapped lines.
final class TextColumns {
  /// Widest line, in columns.
  static final int WIDTH = 100;

  private static final int LABEL = 16;

  private final StringBuilder out = new StringBuilder();

  void line(String text) {
    out.append(text).append('\n');
  }

  void blank() {
    out.append('\n');
  }

  void blankIf(boolean wanted) {
    if (wanted) {
      blank();
    }
  }

  void title(String text) {
    blank();
    line(text);
  }

  /// A label and its value; the value wraps below itself. An empty label continues the one above.
  void fact(String label, String value) {
    wrapped("  " + padded(label, LABEL), value);
  }

  /// A name of that width and what is said of it.
  void row(String before, int width, String name, String value) {
    if (name.length() > width) {
      line(before + name);
      wrapped(" ".repeat(before.length()) + padded("", width) + "  ", value);
    } else {
      wrapped(before + padded(name, width) + "  ", value);
    }
  }

  /// The text behind the head, wrapped so that later lines begin below its first word. Runs of
  /// spaces inside the text are kept where it fits on one line.
  void wrapped(String head, String text) {
    if (head.length() + text.length() <= WIDTH) {
      line(head + text);
      return;
    }
    var indent = " ".repeat(head.length());
    var line = new StringBuilder(head);
    boolean fresh = true;
    for (var word : text.split("\\s+")) {
      if (!fresh && line.length() + 1 + word.length() > WIDTH) {
        line(line.toString());
        line = new StringBuilder(indent);
        fresh = true;
      }
      line.append(fresh ? "" : " ").append(word);
      fresh = false;
    }
    line(line.toString());
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
