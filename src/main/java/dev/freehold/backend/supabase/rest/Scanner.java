package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.List;

/// Reads the small grammars of the query string from left to right. A reading that fails says where
/// and what it wanted; the caller knows which parameter it was.
final class Scanner {
  private final String text;
  private final String what;
  private int at;

  /// @param what names the parameter in the error, for example `select parameter`
  Scanner(String what, String text) {
    this.what = what;
    this.text = text;
  }

  int position() {
    return at;
  }

  void moveTo(int position) {
    at = position;
  }

  boolean done() {
    return at >= text.length();
  }

  String rest() {
    return text.substring(at);
  }

  /// What was read since that position, as it was written.
  String between(int start) {
    return text.substring(start, at);
  }

  char peek() {
    return done() ? '\0' : text.charAt(at);
  }

  boolean looksAt(String word) {
    return text.startsWith(word, at);
  }

  boolean take(String word) {
    if (!looksAt(word)) {
      return false;
    }
    at += word.length();
    return true;
  }

  void expect(String word, String wanted) {
    if (!take(word)) {
      throw fail(wanted);
    }
  }

  void skipSpaces() {
    while (!done() && (peek() == ' ' || peek() == '\t')) {
      at++;
    }
  }

  void expectEnd() {
    if (!done()) {
      throw fail("end of input");
    }
  }

  RestFailure fail(String wanted) {
    var seen = done() ? "unexpected end of input" : "unexpected " + Json.quote("" + peek());
    return Failures.parse(what + " (" + text + ")", at + 1, seen + " expecting " + wanted);
  }

  /// A name: quoted, or of letters, digits, `_`, `$`, spaces, and `-` where it is no arrow.
  String name() {
    if (peek() == '"') {
      return quoted();
    }
    var name = new StringBuilder();
    while (!done()) {
      var c = peek();
      var dash = c == '-' && !looksAt("->");
      if (!dash && !isNameCharacter(c)) {
        break;
      }
      name.append(c);
      at++;
    }
    var stripped = name.toString().strip();
    if (stripped.isEmpty()) {
      throw fail("field name (* or [a..z0..9_$])");
    }
    return stripped;
  }

  /// The name of a type: letters, digits, `_`, spaces and array brackets. It becomes SQL as it is,
  /// so nothing else may pass.
  String typeName() {
    int start = at;
    while (!done() && (isNameCharacter(peek()) || "[]".indexOf(peek()) >= 0)) {
      if (peek() == '$') {
        throw fail("type name");
      }
      at++;
    }
    var name = text.substring(start, at).strip();
    if (name.isEmpty()) {
      throw fail("type name");
    }
    return name;
  }

  static boolean isNameCharacter(char c) {
    return Character.isLetterOrDigit(c)
        || c == '_'
        || c == '$'
        || c == ' '
        || Character.isSurrogate(c);
  }

  /// `"…"` with backslash escapes, from its opening quote to its closing one.
  String quoted() {
    expect("\"", "\"\\\"\"");
    var value = new StringBuilder();
    while (!done() && peek() != '"') {
      if (peek() == '\\' && at + 1 < text.length()) {
        at++;
      }
      value.append(peek());
      at++;
    }
    expect("\"", "\"\\\"\"");
    return value.toString();
  }

  /// Whether a quoted text begins here and is followed by the end or one of these characters.
  boolean quotedEndsBefore(String followers) {
    if (peek() != '"') {
      return false;
    }
    int i = at + 1;
    while (i < text.length() && text.charAt(i) != '"') {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i + 1 == text.length()
        || (i + 1 < text.length() && followers.indexOf(text.charAt(i + 1)) >= 0);
  }

  /// Text up to one of these characters or the end.
  String until(String stops) {
    int start = at;
    while (!done() && stops.indexOf(peek()) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  /// `->key`, `->>key`, `->0`: the path into a JSON, composite or array column.
  List<Select.JsonStep> jsonPath() {
    var steps = new ArrayList<Select.JsonStep>();
    while (take("->")) {
      var asText = take(">");
      if (peek() == '"') {
        steps.add(new Select.JsonStep(asText, false, quoted()));
        continue;
      }
      int start = at;
      while (!done() && "():.,>".indexOf(peek()) < 0 && !looksAt("->")) {
        at++;
      }
      var operand = text.substring(start, at);
      if (operand.isEmpty()) {
        throw fail("json path operand");
      }
      steps.add(new Select.JsonStep(asText, isIndex(operand), operand));
    }
    return List.copyOf(steps);
  }

  private static boolean isIndex(String operand) {
    int start = operand.charAt(0) == '-' ? 1 : 0;
    if (operand.length() == start || operand.length() > start + 9) {
      return false;
    }
    for (int i = start; i < operand.length(); i++) {
      if (operand.charAt(i) < '0' || operand.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  Select.FieldPath field() {
    if (take("*")) {
      return new Select.FieldPath("*", List.of());
    }
    return new Select.FieldPath(name(), jsonPath());
  }
}
