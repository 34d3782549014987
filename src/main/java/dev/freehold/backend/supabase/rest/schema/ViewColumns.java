package dev.freehold.backend.supabase.rest.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Finds out which column of which table each column of a view shows, so that a view can be
/// embedded by the foreign keys of its tables.
///
/// The source is the stored parse tree of the view (`pg_rewrite.ev_action`), PostgreSQL's own
/// notation: nested `{NODE :field value …}`. Each entry of the outermost target list carries the
/// relation and column it comes from (`resorigtbl`, `resorigcol`), which is all that is read. Views
/// of views are followed down to the tables.
final class ViewColumns {
  private static final String TARGETS = ":targetList (";

  /// How many views may lie over one another.
  private static final int MAX_CHAIN = 64;

  /// In how many ways a view may show one key.
  private static final int MAX_WAYS = 256;

  /// A column of a relation.
  record Origin(QualifiedName table, String column) {}

  private record Source(long relation, int column) {}

  private final Map<Long, QualifiedName> names;
  private final Map<Long, Map<Integer, String>> attributes;
  private final Map<Long, Map<Integer, Source>> views = new HashMap<>();

  ViewColumns(Map<Long, QualifiedName> names, Map<Long, Map<Integer, String>> attributes) {
    this.names = names;
    this.attributes = attributes;
  }

  void add(long view, String tree) {
    int start = outermostTargets(tree);
    if (start < 0) {
      return;
    }
    var columns = new HashMap<Integer, Source>();
    int depth = 0;
    int entry = start;
    for (int i = start; i < tree.length(); i++) {
      var c = tree.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        entry = depth++ == 0 ? i : entry;
      } else if (c == '}' && --depth == 0) {
        read(tree.substring(entry, i), columns);
      } else if (c == ')' && depth == 0) {
        break;
      }
    }
    views.put(view, columns);
  }

  /// The tables' columns behind each view's columns, in the order of the view.
  Map<QualifiedName, SequencedMap<String, Origin>> origins() {
    var all = new HashMap<QualifiedName, SequencedMap<String, Origin>>();
    for (var view : views.entrySet()) {
      var name = names.get(view.getKey());
      var own = attributes.get(view.getKey());
      if (name == null || own == null) {
        continue;
      }
      var origins = new LinkedHashMap<String, Origin>();
      for (var column : new TreeMap<>(own).entrySet()) {
        origin(new Source(view.getKey(), column.getKey()))
            .ifPresent(origin -> origins.put(column.getValue(), origin));
      }
      all.put(name, origins);
    }
    return all;
  }

  private Optional<Origin> origin(Source start) {
    var at = start;
    for (int step = 0; step < MAX_CHAIN; step++) {
      var view = views.get(at.relation());
      if (view == null) {
        var table = names.get(at.relation());
        var column = attributes.getOrDefault(at.relation(), Map.of()).get(at.column());
        return table == null || column == null
            ? Optional.empty()
            : Optional.of(new Origin(table, column));
      }
      var next = view.get(at.column());
      if (next == null) {
        return Optional.empty();
      }
      at = next;
    }
    return Optional.empty();
  }

  /// Where the entries of the target list begin that belongs to the query itself, not to one
  /// inside.
  private static int outermostTargets(String tree) {
    int depth = 0;
    for (int i = 0; i < tree.length(); i++) {
      var c = tree.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
      } else if (c == ':' && depth == 1 && tree.startsWith(TARGETS, i)) {
        return i + TARGETS.length();
      }
    }
    return -1;
  }

  private static void read(String entry, Map<Integer, Source> columns) {
    long relation = number(entry, ":resorigtbl ");
    int column = (int) number(entry, ":resorigcol ");
    int position = (int) number(entry, ":resno ");
    if (relation > 0 && column > 0) {
      columns.put(position, new Source(relation, column));
    }
  }

  private static long number(String entry, String field) {
    int at = entry.lastIndexOf(field);
    if (at < 0) {
      return 0;
    }
    int start = at + field.length();
    int end = start;
    while (end < entry.length() && Character.isDigit(entry.charAt(end))) {
      end++;
    }
    return end == start ? 0 : Long.parseLong(entry.substring(start, end));
  }

  /// Every way in which a view shows these columns of a table, each in the order given: a view may
  /// show one column more than once. Empty when one is not shown, and of the ways at most
  /// [#MAX_WAYS].
  static List<List<String>> shown(
      Map<String, Origin> origins, QualifiedName table, List<String> columns) {
    List<List<String>> ways = List.of(List.of());
    for (var column : columns) {
      var wanted = new Origin(table, column);
      var longer = new ArrayList<List<String>>();
      for (var way : ways) {
        for (var shown : origins.entrySet()) {
          if (shown.getValue().equals(wanted) && longer.size() < MAX_WAYS) {
            longer.add(Stream.concat(way.stream(), Stream.of(shown.getKey())).toList());
          }
        }
      }
      ways = longer;
    }
    return columns.isEmpty() ? List.of() : ways;
  }
}
