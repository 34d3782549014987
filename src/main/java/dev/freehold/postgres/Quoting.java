package dev.freehold.postgres;

/// The one place that turns names and texts into SQL. Values are bound as parameters; only what SQL
/// cannot bind comes through here.
public final class Quoting {
  private Quoting() {}

  /// A quoted identifier, whatever its characters. A NUL, which PostgreSQL cannot hold, is dropped.
  public static String identifier(String name) {
    var quoted = new StringBuilder(name.length() + 2).append('"');
    for (int i = 0; i < name.length(); i++) {
      var c = name.charAt(i);
      if (c == '"') {
        quoted.append('"');
      }
      if (c != 0) {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /// `"schema"."name"`, or `"name"` alone when the schema is empty.
  public static String qualified(String schema, String name) {
    return schema.isEmpty() ? identifier(name) : identifier(schema) + "." + identifier(name);
  }

  /// A quoted string constant that means the same whatever `standard_conforming_strings` says.
  public static String literal(String text) {
    var quoted = new StringBuilder(text.length() + 3);
    var escaped = text.indexOf('\\') >= 0;
    quoted.append(escaped ? " E'" : "'");
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '\'' || c == '\\') {
        quoted.append(c);
      }
      if (c != 0) {
        quoted.append(c);
      }
    }
    return quoted.append('\'').toString();
  }

  /// An array literal (PostgreSQL manual, 8.15.2) of these elements, each in double quotes. It is a
  /// value to bind, not SQL.
  public static String arrayLiteral(Iterable<String> elements) {
    var literal = new StringBuilder("{");
    for (var element : elements) {
      literal.append(literal.length() == 1 ? "\"" : ",\"");
      for (int i = 0; i < element.length(); i++) {
        var c = element.charAt(i);
        if (c == '"' || c == '\\') {
          literal.append('\\');
        }
        literal.append(c);
      }
      literal.append('"');
    }
    return literal.append('}').toString();
  }
}
