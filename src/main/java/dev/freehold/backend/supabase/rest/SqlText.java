package dev.freehold.backend.supabase.rest;

import dev.freehold.postgres.Quoting;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.PGobject;

/// SQL in the making and the values bound to it. [SqlBuilder] is the one that writes it.
final class SqlText {
  private final StringBuilder text = new StringBuilder(256);
  private final List<Object> values = new ArrayList<>();

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
    text.append('?');
    values.add(value);
    return this;
  }

  /// Binds a value of type text.
  SqlText text(String value) {
    return typed(value, "text");
  }

  SqlText bind(byte[] value) {
    text.append('?');
    values.add(value);
    return this;
  }

  SqlText append(SqlText other) {
    text.append(other.text);
    values.addAll(other.values);
    return this;
  }

  private SqlText typed(String value, String type) {
    text.append('?');
    values.add(new Typed(value, type));
    return this;
  }

  /// The same with the types of its values told, by their place.
  SqlText as(List<String> types) {
    var same = new SqlText();
    same.text.append(text);
    for (int i = 0; i < values.size(); i++) {
      same.values.add(
          values.get(i) instanceof String value ? new Typed(value, types.get(i)) : values.get(i));
    }
    return same;
  }

  /// Whether the type of a value is left to PostgreSQL.
  boolean leavesTypes() {
    return values.stream().anyMatch(String.class::isInstance);
  }

  String sql() {
    return text.toString();
  }

  List<Object> values() {
    return values;
  }

  void bindTo(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      switch (values.get(i)) {
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        case Typed typed -> statement.setObject(i + 1, typed.object());
        case Object value -> statement.setObject(i + 1, value, Types.OTHER);
      }
    }
  }

  private record Typed(String value, String type) {
    PGobject object() throws SQLException {
      var object = new PGobject();
      object.setType(type);
      object.setValue(value);
      return object;
    }
  }
}
