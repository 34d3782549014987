package dev.freehold.postgres.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The statements that one connection has prepared, by their text. Used by its event loop alone.
///
/// A statement counts as prepared from the moment its Parse is sent, so that what is sent behind it
/// can use it; a Parse that PostgreSQL never reached is [#forget forgotten].
final class PreparedStatements {
  /// Statements kept; the one not used for the longest is closed.
  static final int KEPT = 256;

  /// Longer statements are prepared for one use.
  static final int MAX_SQL_CHARS = 32_768;

  /// The name of a statement for one use.
  static final String UNNAMED = "";

  private final Map<String, String> names = new LinkedHashMap<>(KEPT, 0.75f, true);
  private long made;

  /// The name of a prepared statement, null when it must be prepared first.
  @Nullable String find(String sql) {
    return names.get(sql);
  }

  /// Gives a name to a statement about to be prepared.
  String add(String sql) {
    if (sql.length() > MAX_SQL_CHARS) {
      return UNNAMED;
    }
    var name = "s" + made++;
    names.put(sql, name);
    return name;
  }

  /// Names that are one too many, to be closed.
  List<String> surplus() {
    if (names.size() <= KEPT) {
      return List.of();
    }
    var surplus = new ArrayList<String>();
    for (var oldest = names.entrySet().iterator(); names.size() > KEPT; oldest.remove()) {
      surplus.add(oldest.next().getValue());
    }
    return surplus;
  }

  /// Forgets a statement if it still has this name.
  void forget(String sql, String name) {
    names.remove(sql, name);
  }

  /// Forgets all, and returns their names, to be closed.
  List<String> clear() {
    var all = List.copyOf(names.values());
    names.clear();
    return all;
  }

  int size() {
    return names.size();
  }
}
