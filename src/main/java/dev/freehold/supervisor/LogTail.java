package dev.freehold.supervisor;

import java.util.ArrayDeque;

/// The last lines a process wrote, for the Problem that tells of its end.
final class LogTail {
  private static final int LINES = 30;
  private static final int LINE_CHARS = 500;

  private final ArrayDeque<String> lines = new ArrayDeque<>();

  synchronized void add(String line) {
    if (lines.size() == LINES) {
      lines.removeFirst();
    }
    lines.add(line.length() > LINE_CHARS ? line.substring(0, LINE_CHARS) + "…" : line);
  }

  synchronized String text() {
    return String.join("\n", lines);
  }
}
