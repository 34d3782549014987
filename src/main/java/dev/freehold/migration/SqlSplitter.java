package dev.freehold.migration;

import dev.freehold.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Cuts a file of SQL into its statements, as psql would.
///
/// A semicolon ends a statement unless it stands in one of the places PostgreSQL's lexer
/// (src/backend/parser/scan.l) reads over: a string, also with backslash escapes (`E''`); a quoted
/// identifier; a dollar-quoted text; a comment, nested or to the line's end; parentheses; or the
/// body of an SQL-standard function between `BEGIN ATOMIC` and its `END`, in which every `CASE` has
/// an `END` of its own.
public final class SqlSplitter {
  private final String sql;
  private final String file;
  private final List<SqlStatement> statements = new ArrayList<>();
  private final StringBuilder code = new StringBuilder();

  private int at;
  private int line = 1;
  private int start;
  private int startLine;
  private int parentheses;

  /// How many `END`s are still to come in a function body of standard SQL; 0 outside of one.
  private int atomic;

  private SqlSplitter(String sql, String file) {
    this.sql = sql;
    this.file = file;
  }

  /// The statements in order; empty ones are left out.
  ///
  /// @param file what a message calls the text
  /// @throws dev.freehold.problem.ProblemException `migration-unreadable` when a quote or comment
  ///   has no end
  public static List<SqlStatement> split(String sql, String file) {
    var splitter = new SqlSplitter(sql, file);
    splitter.run();
    return List.copyOf(splitter.statements);
  }

  private void run() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == ';' && parentheses == 0 && atomic == 0) {
        finish();
        at++;
        start = at;
      } else if (Character.isWhitespace(c)) {
        blank();
        step();
      } else if (ahead("--")) {
        blank();
        to(endOfLine());
      } else if (ahead("/*")) {
        blank();
        blockComment();
      } else if (c == '\\' && code.isEmpty()) {
        psqlCommand();
      } else {
        token(c);
      }
    }
    finish();
  }

  private void token(char c) {
    if (code.isEmpty()) {
      startLine = line;
    }
    int from = at;
    if (c == '\'') {
      quoted('\'', escapes());
    } else if (c == '"') {
      quoted('"', false);
    } else if (c == '$' && dollarTag() > 0) {
      dollarQuoted(dollarTag());
    } else if (isWord(c)) {
      word();
    } else {
      parentheses += c == '(' ? 1 : c == ')' && parentheses > 0 ? -1 : 0;
      step();
    }
    keep(from);
  }

  /// A word as a whole, so that a `$` inside it opens no quote and `BEGIN ATOMIC` is seen.
  private void word() {
    int from = at;
    while (at < sql.length() && (isWord(sql.charAt(at)) || sql.charAt(at) == '$')) {
      at++;
    }
    if (parentheses > 0) {
      return;
    }
    var word = sql.substring(from, at).toUpperCase(Locale.ROOT);
    switch (word) {
      case "ATOMIC" -> atomic += atomic == 0 && endsWithBegin() ? 1 : 0;
      case "CASE", "BEGIN" -> atomic += atomic > 0 ? 1 : 0;
      case "END" -> atomic -= atomic > 0 ? 1 : 0;
      default -> {}
    }
  }

  private boolean endsWithBegin() {
    var before = sql.substring(start, at - "ATOMIC".length()).stripTrailing();
    return before.toUpperCase(Locale.ROOT).endsWith("BEGIN");
  }

  private void quoted(char quote, boolean escapes) {
    int opened = line;
    step();
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (escapes && c == '\\') {
        step();
      } else if (c == quote && at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        step();
      } else if (c == quote) {
        at++;
        return;
      }
      step();
    }
    throw endless(quote == '"' ? "a quoted name" : "a string", opened);
  }

  /// Whether the string that begins here has an `E` before it.
  private boolean escapes() {
    boolean marked = at > start && (sql.charAt(at - 1) == 'E' || sql.charAt(at - 1) == 'e');
    return marked && (at < 2 || !isWord(sql.charAt(at - 2)));
  }

  /// The length of the dollar quote that opens here, or 0.
  private int dollarTag() {
    int end = at + 1;
    while (end < sql.length() && isWord(sql.charAt(end))) {
      end++;
    }
    boolean tag = end < sql.length() && sql.charAt(end) == '$';
    return tag && !Character.isDigit(sql.charAt(at + 1)) ? end + 1 - at : 0;
  }

  private void dollarQuoted(int length) {
    var tag = sql.substring(at, at + length);
    int end = sql.indexOf(tag, at + length);
    if (end < 0) {
      throw endless("a text quoted with " + tag, line);
    }
    to(end + length);
  }

  private void blockComment() {
    int opened = line;
    int depth = 0;
    do {
      if (at >= sql.length()) {
        throw endless("a comment", opened);
      }
      if (ahead("/*")) {
        depth++;
        at += 2;
      } else if (ahead("*/")) {
        depth--;
        at += 2;
      } else {
        step();
      }
    } while (depth > 0);
  }

  /// A command of psql goes to the end of its line.
  private void psqlCommand() {
    startLine = line;
    int from = at;
    to(endOfLine());
    keep(from);
    finish();
    start = at;
  }

  private void finish() {
    if (!code.isEmpty()) {
      var statement =
          new SqlStatement(sql.substring(start, at).strip(), code.toString().strip(), startLine);
      statements.add(statement);
      if (statement.kind() == SqlStatement.Kind.COPY_FROM_STDIN) {
        rowsOfCopy();
      }
    }
    code.setLength(0);
    parentheses = 0;
    atomic = 0;
  }

  /// Reads over the rows up to the line `\.`.
  private void rowsOfCopy() {
    int end = sql.indexOf("\n\\.", at);
    to(end < 0 ? sql.length() - 1 : end + 2);
  }

  private void keep(int from) {
    int room = SqlStatement.CODE_CHARS - code.length();
    code.append(sql, from, Math.min(at, from + Math.max(room, 0)));
  }

  private void blank() {
    if (!code.isEmpty()
        && code.length() < SqlStatement.CODE_CHARS
        && code.charAt(code.length() - 1) != ' ') {
      code.append(' ');
    }
  }

  private boolean ahead(String text) {
    return sql.startsWith(text, at);
  }

  private int endOfLine() {
    int end = sql.indexOf('\n', at);
    return end < 0 ? sql.length() : end;
  }

  private void to(int end) {
    while (at < end) {
      step();
    }
  }

  private void step() {
    if (at < sql.length() && sql.charAt(at) == '\n') {
      line++;
    }
    at++;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c > 127;
  }

  private RuntimeException endless(String what, int opened) {
    return Problem.of("migration-unreadable", file + " is no complete SQL")
        .detail(file + ":" + opened + ": " + what + " that begins here has no end")
        .raise();
  }
}
