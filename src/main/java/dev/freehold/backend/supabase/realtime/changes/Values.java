package dev.freehold.backend.supabase.realtime.changes;

import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/// Turns PostgreSQL's text output into what its `to_jsonb` makes of the value.
final class Values {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  private static final Pattern OFFSET = Pattern.compile("(.*[0-9])([-+][0-9]{2})(:[0-9]{2})?(.*)");
  private static final int MAX_DEPTH = 16;

  private Values() {}

  static void write(JsonGenerator out, ColumnType type, String text) {
    if (type.kind() == ColumnType.Kind.ARRAY) {
      new Array(out, type.element(), text).write();
    } else {
      write(out, type.kind(), text);
    }
  }

  private static void write(JsonGenerator out, ColumnType.Kind kind, String text) {
    switch (kind) {
      case NUMBER -> number(out, text);
      case BOOLEAN -> out.writeBoolean(text.startsWith("t"));
      case TIMESTAMP -> out.writeString(text.replaceFirst(" (?=[0-9])", "T"));
      case TIMESTAMP_WITH_ZONE -> out.writeString(withZone(text));
      case JSON -> out.writeRawValue(text);
      case TEXT, ARRAY, ASKED -> out.writeString(text);
    }
  }

  static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  /// `NaN` and the infinities are no numbers to JSON.
  private static void number(JsonGenerator out, String text) {
    if (isNumber(text)) {
      out.writeRawValue(text);
    } else {
      out.writeString(text);
    }
  }

  /// `2026-01-02 03:04:05+00` as `2026-01-02T03:04:05+00:00`.
  private static String withZone(String text) {
    var parts = OFFSET.matcher(text);
    if (!parts.matches()) {
      return text;
    }
    var minutes = parts.group(3) == null ? ":00" : parts.group(3);
    return parts.group(1).replaceFirst(" ", "T") + parts.group(2) + minutes + parts.group(4);
  }

  /// An array's output (PostgreSQL manual, 8.15.6), nested ones included.
  private static final class Array {
    private final JsonGenerator out;
    private final ColumnType.Kind kind;
    private final String text;
    private int at;

    Array(JsonGenerator out, ColumnType.Kind kind, String text) {
      this.out = out;
      this.kind = kind;
      this.text = text;
    }

    void write() {
      // Bounds other than the usual stand before: [0:1]={1,2}
      at = text.indexOf('{');
      if (at < 0) {
        out.writeString(text);
      } else {
        array(0);
      }
    }

    private void array(int depth) {
      if (depth > MAX_DEPTH) {
        throw new IllegalStateException("an array of more than " + MAX_DEPTH + " dimensions");
      }
      at++;
      out.writeStartArray();
      while (text.charAt(at) != '}') {
        switch (text.charAt(at)) {
          case ',' -> at++;
          case '{' -> array(depth + 1);
          case '"' -> Values.write(out, kind, quoted());
          default -> plain();
        }
      }
      at++;
      out.writeEndArray();
    }

    private String quoted() {
      var value = new StringBuilder();
      for (at++; text.charAt(at) != '"'; at++) {
        if (text.charAt(at) == '\\') {
          at++;
        }
        value.append(text.charAt(at));
      }
      at++;
      return value.toString();
    }

    private void plain() {
      int start = at;
      while (text.charAt(at) != ',' && text.charAt(at) != '}') {
        at++;
      }
      var value = text.substring(start, at);
      if (value.equals("NULL")) {
        out.writeNull();
      } else {
        Values.write(out, kind, value);
      }
    }
  }
}
