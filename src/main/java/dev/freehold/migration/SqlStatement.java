package dev.freehold.migration;

import java.util.Locale;

/// One statement of a file of SQL.
///
/// @param text as it stands in the file, without its semicolon; comments inside are kept
/// @param code the beginning of the text without comments, white space folded to single blanks; at
///   most [#CODE_CHARS] characters
/// @param line where its first word stands in the file, from 1
public record SqlStatement(String text, String code, int line) {
  static final int CODE_CHARS = 400;
  private static final int EXCERPT_CHARS = 160;

  /// What must be known of a statement before it can be run.
  enum Kind {
    /// Runs inside the file's transaction.
    PLAIN,
    /// `ALTER TYPE … ADD VALUE`: the value cannot be used before the transaction ends.
    NEW_ENUM_VALUE,
    /// PostgreSQL refuses it inside a transaction.
    ALONE,
    /// `BEGIN` or `COMMIT` of the file's own: every file is one transaction anyway.
    TRANSACTION,
    /// Undoes the file, or a part of it that we cannot know.
    ROLLBACK,
    /// Rows of a dump, which only psql can feed to the server.
    COPY_FROM_STDIN,
    /// A command of psql, not SQL.
    PSQL,
    CREATE_EXTENSION,
    /// `ALTER EXTENSION … SET SCHEMA`.
    MOVE_EXTENSION
  }

  /// A few words of it on one line, for a message.
  public String excerpt() {
    var folded = code.replaceAll("\\s+", " ");
    return folded.length() <= EXCERPT_CHARS ? folded : folded.substring(0, EXCERPT_CHARS - 1) + "…";
  }

  Kind kind() {
    var upper = code.toUpperCase(Locale.ROOT);
    if (upper.startsWith("\\")) {
      return Kind.PSQL;
    }
    return switch (firstWord(upper)) {
      case "BEGIN", "COMMIT", "END", "START" -> Kind.TRANSACTION;
      case "ROLLBACK", "ABORT" ->
          upper.matches("ROLLBACK (WORK |TRANSACTION )?TO .*") ? Kind.PLAIN : Kind.ROLLBACK;
      case "PREPARE" -> upper.startsWith("PREPARE TRANSACTION") ? Kind.ROLLBACK : Kind.PLAIN;
      case "VACUUM" -> Kind.ALONE;
      case "COPY" -> upper.matches("(?s).*\\bFROM STDIN\\b.*") ? Kind.COPY_FROM_STDIN : Kind.PLAIN;
      case "CREATE" -> created(upper);
      case "DROP", "REINDEX" ->
          upper.matches(
                  "(DROP|REINDEX)( \\([^)]*\\))? (INDEX|TABLE|SCHEMA|DATABASE|SYSTEM)"
                      + " CONCURRENTLY\\b.*|DROP (DATABASE|TABLESPACE)\\b.*")
              ? Kind.ALONE
              : Kind.PLAIN;
      case "ALTER" -> altered(upper);
      default -> Kind.PLAIN;
    };
  }

  private static Kind created(String upper) {
    if (upper.startsWith("CREATE EXTENSION ")) {
      return Kind.CREATE_EXTENSION;
    }
    return upper.matches(
            "CREATE (UNIQUE )?INDEX CONCURRENTLY\\b.*|CREATE (DATABASE|TABLESPACE)\\b.*")
        ? Kind.ALONE
        : Kind.PLAIN;
  }

  private static Kind altered(String upper) {
    if (upper.matches("ALTER TYPE .* ADD VALUE\\b.*")) {
      return Kind.NEW_ENUM_VALUE;
    }
    if (upper.matches("ALTER EXTENSION .* SET SCHEMA\\b.*")) {
      return Kind.MOVE_EXTENSION;
    }
    return upper.startsWith("ALTER SYSTEM ") ? Kind.ALONE : Kind.PLAIN;
  }

  private static String firstWord(String upper) {
    int end = 0;
    while (end < upper.length() && Character.isLetter(upper.charAt(end))) {
      end++;
    }
    return upper.substring(0, end);
  }
}
