package dev.freehold.backend.supabase.rest;

import dev.freehold.postgres.Quoting;
import dev.freehold.postgres.wire.Query;
import dev.freehold.postgres.wire.Value;
import java.util.ArrayList;
import java.util.List;

/// SQL in the making and the values bound to it. [SqlBuilder] is the one that writes it.
final class SqlText {
  private final StringBuilder text = new StringBuilder(256);
  private final List<Bound> bound = new ArrayList<>();

  /// @param at where in the text its parameter stands
  private record Bound(int at, Value value) {}

  SqlText add(String sql) {
    text.append(sql);
    return this;
  }

  SqlText add(long number) {
    text.append(number);
    return this;
  }

  SqlText identifier(String name) {
    text.append(Quoting.identifier(name));
    return this;
  }

  /// Binds a value whose type PostgreSQL infers from where it stands.
  SqlText bind(String value) {
    return bind(Value.inferred(value));
  }

  /// Binds a value of type text.
  SqlText text(String value) {
    return bind(Value.text(value));
  }

  /// Binds a value of type bytea.
  SqlText bind(byte[] value) {
    return bind(Value.bytes(value));
  }

  private SqlText bind(Value value) {
    bound.add(new Bound(text.length(), value));
    return this;
  }

  SqlText append(SqlText other) {
    int shift = text.length();
    other.bound.forEach(one -> bound.add(new Bound(shift + one.at(), one.value())));
    text.append(other.text);
    return this;
  }

  /// The text with its parameters numbered from `$1`.
  String sql() {
    var sql = new StringBuilder(text.length() + 4 * bound.size());
    int from = 0;
    for (int i = 0; i < bound.size(); i++) {
      int at = bound.get(i).at();
      sql.append(text, from, at).append('$').append(i + 1);
      from = at;
    }
    return sql.append(text, from, text.length()).toString();
  }

  List<Value> values() {
    return bound.stream().map(Bound::value).toList();
  }

  Query query() {
    return new Query(sql(), values());
  }
}
