package dev.freehold.backend.supabase.rest.openapi;

import dev.freehold.backend.supabase.rest.schema.Relationship;
import dev.freehold.backend.supabase.rest.schema.Relationship.Cardinality;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Writes the schemas of rows and of function arguments.
final class Definitions {
  private final SchemaCache cache;

  Definitions(SchemaCache cache) {
    this.cache = cache;
  }

  Node table(Table table) {
    var properties = new Node();
    var required = new ArrayList<String>();
    for (var column : table.columns().values()) {
      properties.put(column.name(), column(table, column));
      if (!column.nullable()) {
        required.add(column.name());
      }
    }
    return new Node()
        .list("required", required)
        .object("properties", properties)
        .put("type", "object")
        .text("description", table.comment());
  }

  private Node column(Table table, Table.Column column) {
    var type = column.baseType();
    var node = new Node();
    node.text("description", description(table, column));
    Types.constant(type, column.defaultExpression()).ifPresent(value -> node.put("default", value));
    node.list("enum", column.labels());
    column.maxLength().ifPresent(length -> node.put("maxLength", length));
    return node.all(value(type));
  }

  /// Type, format and elements of one value.
  private static Node value(String type) {
    var node = new Node().text("format", Types.format(type)).text("type", Types.type(type));
    if (Types.isArray(type)) {
      node.put("items", new Node().text("type", Types.type(Types.element(type))));
    }
    return node;
  }

  private String description(Table table, Table.Column column) {
    var notes = new ArrayList<String>();
    if (table.primaryKey().contains(column.name())) {
      notes.add("This is a Primary Key.<pk/>");
    }
    foreignKey(table, column.name()).ifPresent(notes::add);
    if (notes.isEmpty()) {
      return column.comment();
    }
    var before = column.comment().isEmpty() ? "" : column.comment() + "\n\n";
    return before + "Note:\n" + String.join("\n", notes);
  }

  /// A key to a table is told rather than the same key to a view of it.
  private Optional<String> foreignKey(Table table, String column) {
    return cache.relationships(table.name(), table.name().schema()).orElse(List.of()).stream()
        .filter(Relationship.Key.class::isInstance)
        .map(Relationship.Key.class::cast)
        .sorted(Comparator.comparing(this::leadsToView))
        .filter(key -> outgoing(key) && key.pairs().size() == 1)
        .filter(key -> key.pairs().getFirst().column().equals(column))
        .findFirst()
        .map(key -> note(key.foreign().name(), key.pairs().getFirst().other()));
  }

  private boolean leadsToView(Relationship.Key key) {
    return cache.table(key.foreign()).map(Table::view).orElse(false);
  }

  private static boolean outgoing(Relationship.Key key) {
    return key.cardinality() == Cardinality.MANY_TO_ONE
        || key.cardinality() == Cardinality.ONE_TO_ONE;
  }

  private static String note(String table, String column) {
    return "This is a Foreign Key to `%s.%s`.<fk table='%s' column='%s'/>"
        .formatted(table, column, table, column);
  }

  static Node arguments(Routine routine) {
    var properties = new Node();
    var required = new ArrayList<String>();
    for (var parameter : routine.parameters()) {
      properties.put(parameter.name(), value(parameter.type()));
      if (parameter.required()) {
        required.add(parameter.name());
      }
    }
    return new Node()
        .list("required", required)
        .object("properties", properties)
        .put("type", "object")
        .text("description", routine.comment());
  }
}
