package dev.freehold.backend.supabase.rest.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SequencedMap;

/// A table, view, materialized view or foreign table.
///
/// @param comment empty when it has none
/// @param view a view of either kind
/// @param columns by name, in the order of the relation
/// @param primaryKey its columns; a view has the key of the table it shows
public record Table(
    QualifiedName name,
    String comment,
    boolean view,
    boolean insertable,
    boolean updatable,
    boolean deletable,
    SequencedMap<String, Column> columns,
    List<String> primaryKey) {

  /// One column.
  ///
  /// @param comment empty when it has none
  /// @param type as `format_type` prints it, with its length
  /// @param baseType the same without length, of the type below a domain; a type or domain that
  ///   rests on none of PostgreSQL's own stands for itself
  /// @param maxLength of a type of characters or bits that has one
  /// @param defaultExpression SQL, empty when there is none or the column is generated
  /// @param labels of an enum, in its order
  /// @param representation how its values are shown and read
  public record Column(
      String name,
      String comment,
      String type,
      String baseType,
      boolean composite,
      boolean nullable,
      OptionalInt maxLength,
      String defaultExpression,
      List<String> labels,
      Representation representation) {

    public boolean isJson() {
      return baseType.equals("json") || baseType.equals("jsonb");
    }

    /// Whether a full text search has to turn it into a `tsvector` first.
    public boolean searchable() {
      return !baseType.equals("tsvector");
    }
  }

  /// Whether a column is not shown as it is.
  public boolean represented() {
    return columns.values().stream().anyMatch(c -> !c.representation().show().isEmpty());
  }

  public Table withPrimaryKey(List<String> key) {
    return new Table(
        name, comment, view, insertable, updatable, deletable, columns, List.copyOf(key));
  }

  /// What OPTIONS says.
  public String allow() {
    var methods = new ArrayList<>(List.of("OPTIONS", "GET", "HEAD"));
    if (insertable) {
      methods.add("POST");
    }
    if (insertable && updatable && !primaryKey.isEmpty()) {
      methods.add("PUT");
    }
    if (updatable) {
      methods.add("PATCH");
    }
    if (deletable) {
      methods.add("DELETE");
    }
    return String.join(",", methods);
  }
}
