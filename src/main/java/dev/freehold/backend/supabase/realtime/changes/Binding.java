package dev.freehold.backend.supabase.realtime.changes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What one entry of a join's `postgres_changes` asks for.
///
/// @param id by which the client knows it again
/// @param event `INSERT`, `UPDATE`, `DELETE` or `*`
/// @param schema a schema's name or `*`
/// @param table a table's name or `*`
/// @param columns the columns wanted beside the primary key; empty for all
public record Binding(
    int id, String event, String schema, String table, List<Filter> filters, List<String> columns) {
  static final String ANY = "*";

  /// An entry that cannot be used; the message is upstream's.
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  /// @throws Malformed when it names no table and no schema, or its filter cannot be read
  public static Binding parse(int id, JsonNode params) throws Malformed {
    var columns = columns(params.path("select"));
    boolean hasSchema = params.path("schema").isString();
    boolean hasTable = params.path("table").isString();
    if ((!hasTable && !(hasSchema && !params.has("table") && !params.has("filter")))
        || (!hasSchema && (params.has("schema") || params.has("filter")))) {
      throw new Malformed(
          "No subscription params provided. Please provide at least a `schema` or `table` to"
              + " subscribe to: "
              + params);
    }
    var schema = hasSchema ? params.path("schema").asString() : "public";
    var table = hasTable ? params.path("table").asString() : ANY;
    if (!columns.isEmpty() && (schema.equals(ANY) || table.equals(ANY))) {
      throw new Malformed(
          "Column selection is not supported for wildcard subscriptions. Provide an explicit"
              + " schema and table name.");
    }
    return new Binding(id, event(params), schema, table, filters(params), columns);
  }

  private static List<Filter> filters(JsonNode params) throws Malformed {
    var filter = params.path("filter");
    if (!filter.isString()) {
      return List.of();
    }
    try {
      return Filter.parse(filter.asString());
    } catch (Filter.Unreadable e) {
      throw new Malformed("Error parsing `filter` params: " + e.getMessage());
    }
  }

  private static String event(JsonNode params) {
    var event = params.path("event").asString("").toUpperCase(Locale.ROOT);
    return switch (event) {
      case "INSERT", "UPDATE", "DELETE" -> event;
      default -> ANY;
    };
  }

  private static List<String> columns(JsonNode select) throws Malformed {
    if (select.isString()) {
      throw new Malformed(
          "Error parsing `select` params: expected a list of column name strings, e.g. select:"
              + " [\"col1\", \"col2\"]");
    }
    var names = new ArrayList<String>();
    for (var name : select) {
      if (name.isString()) {
        names.add(name.asString());
      }
    }
    names.sort(null);
    return names;
  }

  Binding with(List<Filter> canonical) {
    return new Binding(id, event, schema, table, canonical, columns);
  }

  boolean wants(String inSchema, String inTable) {
    return (schema.equals(ANY) || schema.equals(inSchema))
        && (table.equals(ANY) || table.equals(inTable));
  }

  boolean wants(Change.Action action) {
    return event.equals(ANY) || event.equals(action.name());
  }

  Optional<List<String>> selected() {
    return columns.isEmpty() ? Optional.empty() : Optional.of(columns);
  }

  /// As upstream shows it in messages.
  String shown() {
    var filtersShown =
        filters.stream().map(Filter::shown).collect(Collectors.joining(", ", "[", "]"));
    return "[event: %s, schema: %s, table: %s, filters: %s, select: %s]"
        .formatted(
            event, schema, table, filtersShown, selected().map(List::toString).orElse("nil"));
  }
}
