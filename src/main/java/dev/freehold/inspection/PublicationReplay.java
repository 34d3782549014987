package dev.freehold.inspection;

/// Follows which tables the publication `supabase_realtime` has (postgresql.org, "ALTER
/// PUBLICATION").
final class PublicationReplay {
  static final String NAME = "supabase_realtime";

  private final SchemaState state;

  PublicationReplay(SchemaState state) {
    this.state = state;
  }

  /// From behind `create publication` on.
  void create(SqlStatement s) {
    if (!isOurs(s)) {
      return;
    }
    if (s.accept("for", "table")) {
      add(s);
    } else if (s.accept("for")) {
      state.computedRealtime = true;
    }
  }

  /// From behind `alter publication` on.
  void alter(SqlStatement s) {
    if (!isOurs(s)) {
      return;
    }
    if (s.accept("add", "table")) {
      add(s);
    } else if (s.accept("set", "table")) {
      state.realtimeTables.clear();
      add(s);
    } else if (s.accept("drop", "table")) {
      do {
        s.accept("only");
        state.realtimeTables.remove(s.name().qualified());
      } while (s.acceptSymbol(','));
    } else if (s.accept("add", "tables") || s.accept("set", "tables")) {
      state.computedRealtime = true;
    }
  }

  /// From behind `drop publication` on.
  void drop(SqlStatement s) {
    s.accept("if", "exists");
    if (isOurs(s)) {
      state.realtimeTables.clear();
    }
  }

  private boolean isOurs(SqlStatement s) {
    boolean ours = s.take().text().equals(NAME);
    state.publicationsRead += ours ? 1 : 0;
    return ours;
  }

  private void add(SqlStatement s) {
    do {
      if (s.accept("tables")) {
        state.computedRealtime = true;
        return;
      }
      s.accept("table");
      s.accept("only");
      if (!s.peek().isName()) {
        state.computedRealtime = true;
        return;
      }
      state.realtimeTables.add(s.name().qualified());
      s.acceptSymbol('*');
      s.brackets();
      if (s.accept("where")) {
        s.brackets();
      }
    } while (s.acceptSymbol(','));
  }
}
