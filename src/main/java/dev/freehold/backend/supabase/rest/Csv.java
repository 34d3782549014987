package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.List;

/// Comma-separated values (RFC 4180): quoted fields may hold commas, line ends and doubled quotes.
final class Csv {
  private final String text;
  private int at;

  Csv(String text) {
    this.text = text;
  }

  /// Every line that is not empty, as its fields.
  List<List<String>> lines() {
    var lines = new ArrayList<List<String>>();
    while (at < text.length()) {
      var line = line();
      if (line.size() > 1 || !line.getFirst().isEmpty()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private List<String> line() {
    var fields = new ArrayList<String>();
    fields.add(field());
    while (at < text.length() && text.charAt(at) == ',') {
      at++;
      fields.add(field());
    }
    if (at < text.length() && text.charAt(at) == '\r') {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '\n') {
      at++;
    }
    return fields;
  }

  private String field() {
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int start = at;
    while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() {
    var field = new StringBuilder();
    at++;
    while (at < text.length()) {
      var c = text.charAt(at++);
      if (c != '"') {
        field.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        field.append('"');
        at++;
      } else {
        return field.toString();
      }
    }
    return field.toString();
  }
}
