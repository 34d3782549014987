package dev.freehold.backend.supabase.rest.openapi;

import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Writes what can be done at each path.
final class Paths {
  private static final String JSON = "application/json";

  /// What functions answer with.
  static final List<String> OBJECTS =
      List.of(
          JSON,
          "application/vnd.pgrst.object+json;nulls=stripped",
          "application/vnd.pgrst.object+json");

  private static final List<String> READ =
      List.of("select", "order", "range", "rangeUnit", "offset", "limit", "preferCount");

  private Paths() {}

  /// @param routines of overloads the last one is told
  static Node of(Collection<Table> tables, Collection<Routine> routines) {
    var all = Node.of("/", root());
    for (var table : tables) {
      all.put("/" + table.name().name(), table(table));
    }
    for (var routine : routines) {
      all.put("/rpc/" + routine.name().name(), routine(routine));
    }
    return all;
  }

  private static Node root() {
    var get =
        new Node()
            .list("tags", List.of("Introspection"))
            .put("summary", "OpenAPI description (this document)")
            .list("produces", List.of("application/openapi+json", JSON))
            .put("responses", responds("200", "OK"));
    return Node.of("get", get);
  }

  private static Node table(Table table) {
    var filters =
        table.columns().values().stream().map(column -> Parameters.filter(table, column)).toList();
    var name = table.name().name();
    var rows = Node.of("type", "array").put("items", Node.to("definitions", name));
    var read =
        operation(table.comment(), name)
            .list("parameters", references(filters, READ))
            .put(
                "responses",
                Node.of("200", Node.of("description", "OK").put("schema", rows))
                    .put("206", Node.of("description", "Partial Content")));
    var path = Node.of("get", read);
    if (table.insertable() || table.updatable() || table.deletable()) {
      var body = Parameters.body(table);
      path.put(
          "post",
          operation(table.comment(), name)
              .list("parameters", references(List.of(body), List.of("select", "preferPost")))
              .put("responses", responds("201", "Created")));
      path.put(
          "delete",
          operation(table.comment(), name)
              .list("parameters", references(filters, List.of("preferReturn")))
              .put("responses", responds("204", "No Content")));
      path.put(
          "patch",
          operation(table.comment(), name)
              .list("parameters", references(filters, List.of(body, "preferReturn")))
              .put("responses", responds("204", "No Content")));
    }
    return path;
  }

  private static Node routine(Routine routine) {
    var path = new Node();
    if (routine.readOnly()) {
      path.put(
          "get",
          call(routine)
              .list("parameters", routine.parameters().stream().map(Paths::argument).toList()));
    }
    var body =
        Node.of("name", "args")
            .put("required", true)
            .put("in", "body")
            .put("schema", Definitions.arguments(routine));
    return path.put(
        "post",
        call(routine)
            .list("parameters", List.of(body, Node.to(Parameters.SECTION, "preferParams"))));
  }

  private static Node call(Routine routine) {
    return operation(routine.comment(), "(rpc) " + routine.name().name())
        .list("produces", OBJECTS)
        .put("responses", responds("200", "OK"));
  }

  /// An argument in the query: an array is one text in braces, a variadic one the name repeated.
  private static Node argument(Routine.Parameter parameter) {
    var type = Types.type(parameter.type());
    var node =
        Node.of("name", parameter.name()).put("required", parameter.required()).put("in", "query");
    if (parameter.variadic()) {
      var element = Types.element(parameter.type());
      return node.put("type", "array")
          .put(
              "items",
              new Node().text("type", Types.type(element)).text("format", Types.format(element)))
          .put("collectionFormat", "multi");
    }
    var single = type.isEmpty() || type.equals("array") ? "string" : type;
    return node.put("format", Types.format(parameter.type())).put("type", single);
  }

  private static Node operation(String comment, String tag) {
    var parts = Comment.of(comment);
    var node = new Node().list("tags", List.of(tag));
    return comment.isEmpty()
        ? node
        : node.put("summary", parts.summary()).text("description", parts.description());
  }

  private static Node responds(String status, String description) {
    return Node.of(status, Node.of("description", description));
  }

  private static List<Node> references(List<String> first, List<String> then) {
    var all = new ArrayList<Node>();
    first.forEach(name -> all.add(Node.to(Parameters.SECTION, name)));
    then.forEach(name -> all.add(Node.to(Parameters.SECTION, name)));
    return all;
  }
}
