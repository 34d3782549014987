package dev.freehold.inspection;

import java.util.List;
import java.util.Locale;

/// Counts, in a statement and in the SQL that its strings hold, what makes buckets or changes the
/// publication of realtime. Where that is more than a replay has read, names are missing.
final class UnreadSql {
  private static final int MAX_NESTING = 4;
  private static final String BUCKETS = "buckets";

  private UnreadSql() {}

  static int bucketInserts(SqlStatement statement) {
    return count(statement.tokens(), BUCKETS, UnreadSql::makesBuckets, 0);
  }

  static int publicationChanges(SqlStatement statement) {
    return count(statement.tokens(), PublicationReplay.NAME, UnreadSql::changesPublication, 0);
  }

  private interface Found {
    boolean at(SqlStatement rest);
  }

  private static int count(List<SqlToken> tokens, String word, Found found, int nesting) {
    int count = 0;
    for (int i = 0; i < tokens.size(); i++) {
      var token = tokens.get(i);
      if (token.kind() != SqlToken.Kind.STRING) {
        count += found.at(new SqlStatement(tokens.subList(i, tokens.size()))) ? 1 : 0;
      } else if (nesting < MAX_NESTING && holds(token, word)) {
        for (var inner : SqlScript.statements(token.text(), token.line())) {
          count += count(inner.tokens(), word, found, nesting + 1);
        }
      }
    }
    return count;
  }

  private static boolean makesBuckets(SqlStatement rest) {
    if (!rest.accept("into") && !rest.accept("copy")) {
      return false;
    }
    var name = rest.peek().isName() ? rest.name().qualified() : "";
    return name.equals("storage." + BUCKETS) || name.equals("public." + BUCKETS);
  }

  private static boolean changesPublication(SqlStatement rest) {
    if (!rest.accept("publication")) {
      return false;
    }
    rest.accept("if", "exists");
    return rest.take().text().equals(PublicationReplay.NAME);
  }

  /// Whether any text in it, taken together by a statement at run time, might make buckets.
  static boolean mayMakeBuckets(List<SqlStatement> body) {
    return body.stream().flatMap(one -> one.tokens().stream()).anyMatch(t -> holds(t, BUCKETS));
  }

  /// Whether any text in it, taken together by a statement at run time, might publish tables.
  static boolean mayPublish(List<SqlStatement> body) {
    return body.stream()
        .flatMap(one -> one.tokens().stream())
        .anyMatch(t -> holds(t, "publication"));
  }

  private static boolean holds(SqlToken token, String word) {
    return token.text().toLowerCase(Locale.ROOT).contains(word);
  }

  /// Whether the names in a block can come from nowhere but one array of plain strings, in its one
  /// loop.
  static boolean hasOneList(List<SqlStatement> body) {
    int arrays = 0;
    int loops = 0;
    for (var one : body) {
      var before = SqlStatement.END;
      boolean inside = false;
      for (var token : one.tokens()) {
        if (token.isSymbol('[') && before.is("array")) {
          arrays++;
          inside = true;
        } else if (token.isSymbol(']')) {
          inside = false;
        } else if (inside && !token.isSymbol(',') && !SchemaReplay.isPlainText(token)) {
          return false;
        }
        loops += token.is("loop") && !before.is("end") ? 1 : 0;
        before = token;
      }
    }
    return arrays == 1 && loops == 1;
  }
}
