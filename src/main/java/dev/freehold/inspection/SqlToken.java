package dev.freehold.inspection;

/// A token of PostgreSQL's SQL (postgresql.org, "Lexical Structure").
///
/// @param text words in lower case, quoted names and strings without their quotes, symbols as they
///   are
/// @param line from 1
record SqlToken(Kind kind, String text, int line) {
  enum Kind {
    /// An unquoted name or keyword.
    WORD,
    /// A name in double quotes.
    NAME,
    /// A string, in single quotes or dollars.
    STRING,
    /// Anything else: one character.
    SYMBOL
  }

  boolean is(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  boolean isSymbol(char c) {
    return kind == Kind.SYMBOL && text.charAt(0) == c;
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.NAME;
  }
}
