package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Splits an SQL script into statements of tokens. Comments, which nest, are dropped; a semicolon
/// inside of brackets, strings or dollar quotes ends nothing. A script that stops in the middle of
/// a string gives what was read until then.
final class SqlScript {
  private final String sql;
  private final List<SqlStatement> statements = new ArrayList<>();
  private List<SqlToken> current = new ArrayList<>();
  private int at;
  private int line;
  private int depth;

  private SqlScript(String sql, int firstLine) {
    this.sql = sql;
    this.line = firstLine;
  }

  static List<SqlStatement> statements(String sql) {
    return statements(sql, 1);
  }

  /// The statements of a text that begins in the middle of a file.
  static List<SqlStatement> statements(String sql, int firstLine) {
    var script = new SqlScript(sql, firstLine);
    script.run();
    return script.statements;
  }

  private void run() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        step();
      } else if (starts("--")) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
      } else if (starts("/*")) {
        skipComment();
      } else if (c == '\'') {
        string(false);
      } else if ((c == 'e' || c == 'E') && at + 1 < sql.length() && sql.charAt(at + 1) == '\'') {
        at++;
        string(true);
      } else if (c == '"') {
        quotedName();
      } else if (c == '$' && dollarTag() != null) {
        dollarString(java.util.Objects.requireNonNull(dollarTag()));
      } else if (Character.isLetter(c) || c == '_') {
        word();
      } else {
        symbol(c);
      }
    }
    endStatement();
  }

  private boolean starts(String text) {
    return sql.startsWith(text, at);
  }

  private void step() {
    if (sql.charAt(at++) == '\n') {
      line++;
    }
  }

  private void skipComment() {
    int nested = 0;
    do {
      if (starts("/*")) {
        nested++;
        at += 2;
      } else if (starts("*/")) {
        nested--;
        at += 2;
      } else {
        step();
      }
    } while (nested > 0 && at < sql.length());
  }

  private void string(boolean escapes) {
    int began = line;
    var text = new StringBuilder();
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == '\'' && at + 1 < sql.length() && sql.charAt(at + 1) == '\'') {
        text.append('\'');
        at += 2;
      } else if (c == '\'') {
        at++;
        break;
      } else if (escapes && c == '\\' && at + 1 < sql.length()) {
        text.append(sql.charAt(at + 1));
        at += 2;
      } else {
        text.append(c);
        step();
      }
    }
    current.add(new SqlToken(SqlToken.Kind.STRING, text.toString(), began));
  }

  private void quotedName() {
    int end = sql.indexOf('"', at + 1);
    end = end < 0 ? sql.length() : end;
    current.add(new SqlToken(SqlToken.Kind.NAME, sql.substring(at + 1, end), line));
    at = Math.min(end + 1, sql.length());
  }

  private @org.jspecify.annotations.Nullable String dollarTag() {
    int end = sql.indexOf('$', at + 1);
    if (end < 0) {
      return null;
    }
    var tag = sql.substring(at + 1, end);
    boolean valid = tag.isEmpty() || tag.matches("[A-Za-z_][A-Za-z0-9_]*");
    return valid ? "$" + tag + "$" : null;
  }

  private void dollarString(String tag) {
    int began = line;
    int from = at + tag.length();
    int end = sql.indexOf(tag, from);
    int to = end < 0 ? sql.length() : end;
    current.add(new SqlToken(SqlToken.Kind.STRING, sql.substring(from, to), began));
    while (at < Math.min(to + tag.length(), sql.length())) {
      step();
    }
  }

  private void word() {
    int from = at;
    while (at < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(at))
            || sql.charAt(at) == '_'
            || sql.charAt(at) == '$')) {
      at++;
    }
    current.add(
        new SqlToken(SqlToken.Kind.WORD, sql.substring(from, at).toLowerCase(Locale.ROOT), line));
  }

  private void symbol(char c) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ';' && depth <= 0) {
      endStatement();
    } else {
      current.add(new SqlToken(SqlToken.Kind.SYMBOL, String.valueOf(c), line));
    }
    at++;
  }

  private void endStatement() {
    if (!current.isEmpty()) {
      statements.add(new SqlStatement(List.copyOf(current)));
      current = new ArrayList<>();
    }
    depth = 0;
  }
}
