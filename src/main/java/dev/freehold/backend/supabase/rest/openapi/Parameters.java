package dev.freehold.backend.supabase.rest.openapi;

import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.Collection;
import java.util.List;

/// Writes the parameters that operations refer to: those that every relation has, and for each
/// relation its body and a filter for each column.
final class Parameters {
  static final String SECTION = "parameters";

  private Parameters() {}

  static Node of(Collection<Table> tables) {
    var all =
        new Node()
            .put("preferParams", prefer(List.of()))
            .put(
                "preferReturn",
                prefer(List.of("return=representation", "return=minimal", "return=none")))
            .put("preferCount", prefer(List.of("count=none")))
            .put(
                "preferPost",
                prefer(
                    List.of(
                        "return=representation",
                        "return=minimal",
                        "return=none",
                        "resolution=ignore-duplicates",
                        "resolution=merge-duplicates")))
            .put("select", simple("select", "Filtering Columns", "query"))
            .put("on_conflict", simple("on_conflict", "On Conflict", "query"))
            .put("order", simple("order", "Ordering", "query"))
            .put("range", page("Range", "header"))
            .put("rangeUnit", page("Range-Unit", "header").put("default", "items"))
            .put("offset", page("offset", "query"))
            .put("limit", page("limit", "query"));
    for (var table : tables) {
      all.put(body(table), bodyOf(table.name().name()));
      for (var column : table.columns().values()) {
        all.put(filter(table, column), simple(column.name(), column.comment(), "query"));
      }
    }
    return all;
  }

  static String body(Table table) {
    return "body." + table.name().name();
  }

  static String filter(Table table, Table.Column column) {
    return "rowFilter." + table.name().name() + "." + column.name();
  }

  private static Node bodyOf(String table) {
    return new Node()
        .put("name", table)
        .put("description", table)
        .put("required", false)
        .put("in", "body")
        .put("schema", Node.to("definitions", table));
  }

  private static Node prefer(List<String> values) {
    return simple("Prefer", "Preference", "header").list("enum", values);
  }

  private static Node page(String name, String place) {
    return simple(name, "Limiting and Pagination", place);
  }

  private static Node simple(String name, String description, String place) {
    return new Node()
        .put("name", name)
        .text("description", description)
        .put("required", false)
        .put("in", place)
        .put("type", "string");
  }
}
