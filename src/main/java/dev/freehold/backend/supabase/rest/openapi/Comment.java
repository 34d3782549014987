package dev.freehold.backend.supabase.rest.openapi;

/// A comment of the database in two parts: its first line, and what follows the empty lines after
/// it. Either may be empty.
record Comment(String summary, String description) {
  static Comment of(String text) {
    int end = text.indexOf('\n');
    if (end < 0) {
      return new Comment(text, "");
    }
    int start = end;
    while (start < text.length() && text.charAt(start) == '\n') {
      start++;
    }
    return new Comment(text.substring(0, end), text.substring(start));
  }
}
