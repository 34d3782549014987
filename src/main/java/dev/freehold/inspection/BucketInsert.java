package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the names out of `insert into storage.buckets`.
final class BucketInsert {
  private static final Set<String> AFTER_ROW =
      Set.of("from", "where", "union", "group", "order", "limit", "on", "returning");

  private BucketInsert() {}

  /// The ids of all rows, from behind the table's name on; empty when one of them is no plain
  /// string.
  static Optional<List<String>> ids(SqlStatement s) {
    var columns = parts(s.brackets()).stream().map(part -> part.getFirst().text()).toList();
    int id = columns.isEmpty() ? 0 : columns.indexOf("id");
    var rows = rows(s);
    var ids = new ArrayList<String>();
    for (var row : rows) {
      if (id < 0 || id >= row.size() || !isText(row.get(id))) {
        return Optional.empty();
      }
      ids.add(row.get(id).getFirst().text());
    }
    return ids.isEmpty() ? Optional.empty() : Optional.of(ids);
  }

  private static List<List<List<SqlToken>>> rows(SqlStatement s) {
    var rows = new ArrayList<List<List<SqlToken>>>();
    if (s.accept("values")) {
      do {
        rows.add(parts(s.brackets()));
      } while (s.acceptSymbol(','));
      return rows;
    }
    while (s.accept("select")) {
      rows.add(parts(row(s)));
      if (s.seek("union")) {
        s.take();
        s.accept("all");
      }
    }
    return rows;
  }

  /// The expressions of a `select`.
  private static List<SqlToken> row(SqlStatement s) {
    var row = new ArrayList<SqlToken>();
    int depth = 0;
    while (!s.atEnd()) {
      var next = s.peek();
      if (depth == 0 && next.kind() == SqlToken.Kind.WORD && AFTER_ROW.contains(next.text())) {
        break;
      }
      depth += next.isSymbol('(') ? 1 : next.isSymbol(')') ? -1 : 0;
      row.add(s.take());
    }
    return row;
  }

  /// What stands between the commas that are in no brackets.
  private static List<List<SqlToken>> parts(List<SqlToken> tokens) {
    var parts = new ArrayList<List<SqlToken>>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i <= tokens.size(); i++) {
      boolean end = i == tokens.size();
      if (!end) {
        var token = tokens.get(i);
        depth += token.isSymbol('(') || token.isSymbol('[') ? 1 : 0;
        depth -= token.isSymbol(')') || token.isSymbol(']') ? 1 : 0;
      }
      if (end || (depth == 0 && tokens.get(i).isSymbol(','))) {
        if (i > from) {
          parts.add(tokens.subList(from, i));
        }
        from = i + 1;
      }
    }
    return parts;
  }

  /// A string, alone or with its type or a name behind it.
  private static boolean isText(List<SqlToken> part) {
    return part.getFirst().kind() == SqlToken.Kind.STRING
        && (part.size() == 1 || part.get(1).isSymbol(':') || part.get(1).is("as"));
  }
}
