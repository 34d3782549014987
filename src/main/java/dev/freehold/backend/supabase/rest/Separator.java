package dev.freehold.backend.supabase.rest;

/// Puts a word between the parts of a list in SQL, and another before the first.
final class Separator {
  private final SqlText sql;
  private final String between;
  private final String before;
  private boolean used;

  Separator(SqlText sql, String between) {
    this(sql, between, "");
  }

  Separator(SqlText sql, String between, String before) {
    this.sql = sql;
    this.between = between;
    this.before = before;
  }

  void add() {
    sql.add(used ? between : before);
    used = true;
  }

  boolean used() {
    return used;
  }
}
