package dev.freehold.inspection;

import java.util.List;

/// One statement, read from left to right.
final class SqlStatement {
  static final SqlToken END = new SqlToken(SqlToken.Kind.SYMBOL, "\0", 0);

  private final List<SqlToken> tokens;
  private int at;

  SqlStatement(List<SqlToken> tokens) {
    this.tokens = tokens;
  }

  /// A name with the schema it stands in; `public` where none is written.
  record Name(String schema, String name) {
    String qualified() {
      return schema + "." + name;
    }
  }

  List<SqlToken> tokens() {
    return tokens;
  }

  /// The same statement from that token on, unread.
  SqlStatement from(int index) {
    return new SqlStatement(tokens.subList(index, tokens.size()));
  }

  int line() {
    return tokens.getFirst().line();
  }

  boolean atEnd() {
    return at >= tokens.size();
  }

  SqlToken peek() {
    return atEnd() ? END : tokens.get(at);
  }

  SqlToken take() {
    var token = peek();
    at++;
    return token;
  }

  /// Takes the words when all of them come next.
  boolean accept(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (at + i >= tokens.size() || !tokens.get(at + i).is(words[i])) {
        return false;
      }
    }
    at += words.length;
    return true;
  }

  boolean acceptSymbol(char c) {
    if (!atEnd() && peek().isSymbol(c)) {
      at++;
      return true;
    }
    return false;
  }

  /// Reads on until one of the words comes, outside of brackets; it is not taken.
  boolean seek(String... words) {
    int depth = 0;
    while (!atEnd()) {
      var token = peek();
      depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
      for (var word : words) {
        if (depth == 0 && token.is(word)) {
          return true;
        }
      }
      at++;
    }
    return false;
  }

  Name name() {
    var first = take().text();
    if (acceptSymbol('.')) {
      return new Name(first, take().text());
    }
    return new Name("public", first);
  }

  /// The tokens between a pair of brackets that opens next; empty when none does.
  List<SqlToken> brackets() {
    if (!acceptSymbol('(')) {
      return List.of();
    }
    int from = at;
    int depth = 1;
    while (!atEnd()) {
      var token = take();
      depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
      if (depth == 0) {
        return tokens.subList(from, at - 1);
      }
    }
    return tokens.subList(Math.min(from, tokens.size()), tokens.size());
  }

  /// Whether the words follow each other anywhere in the statement.
  boolean contains(String... words) {
    for (int i = 0; i + words.length <= tokens.size(); i++) {
      int j = 0;
      while (j < words.length && tokens.get(i + j).is(words[j])) {
        j++;
      }
      if (j == words.length) {
        return true;
      }
    }
    return false;
  }
}
