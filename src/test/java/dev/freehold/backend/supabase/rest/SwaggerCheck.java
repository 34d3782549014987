package dev.freehold.backend.supabase.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Holds a document against what the Swagger 2.0 specification demands of the parts that are used.
///
/// Source: https://swagger.io/specification/v2/
final class SwaggerCheck {
  private static final Set<String> PARTS =
      Set.of(
          "swagger",
          "info",
          "host",
          "basePath",
          "schemes",
          "consumes",
          "produces",
          "paths",
          "definitions",
          "parameters",
          "securityDefinitions",
          "security",
          "externalDocs");

  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch");

  private static final Set<String> TYPES =
      Set.of("string", "number", "integer", "boolean", "array", "object");

  private final JsonNode document;

  private SwaggerCheck(JsonNode document) {
    this.document = document;
  }

  static void check(JsonNode document) {
    new SwaggerCheck(document).all();
  }

  private void all() {
    assertThat(PARTS).containsAll(document.propertyNames());
    assertThat(document.at("/swagger").asString()).isEqualTo("2.0");
    assertThat(document.at("/info/title").isString()).isTrue();
    assertThat(document.at("/info/version").isString()).isTrue();
    assertThat(document.at("/host").asString()).doesNotContain("/", "{", "}").isNotEmpty();
    assertThat(document.at("/basePath").asString()).startsWith("/");
    for (var path : document.get("paths").properties()) {
      assertThat(path.getKey()).startsWith("/");
      assertThat(METHODS).containsAll(path.getValue().propertyNames());
      path.getValue().forEach(this::operation);
    }
    document.get("parameters").forEach(this::parameter);
    document.get("definitions").forEach(this::schema);
    references(document);
  }

  private void operation(JsonNode operation) {
    assertThat(operation.get("responses").size()).isPositive();
    for (var response : operation.get("responses").properties()) {
      assertThat(response.getKey()).matches("[1-5]\\d\\d|default");
      assertThat(response.getValue().get("description").isString()).isTrue();
      if (response.getValue().has("schema")) {
        schema(response.getValue().get("schema"));
      }
    }
    operation.path("parameters").forEach(this::parameter);
  }

  private void parameter(JsonNode parameter) {
    if (parameter.has("$ref")) {
      return;
    }
    assertThat(parameter.get("name").isString()).isTrue();
    var place = parameter.get("in").asString();
    if (place.equals("body")) {
      schema(parameter.get("schema"));
      return;
    }
    assertThat(place).isIn("query", "header");
    assertThat(parameter.get("type").asString())
        .isIn("string", "number", "integer", "boolean", "array");
    assertThat(parameter.has("items")).isEqualTo(parameter.get("type").asString().equals("array"));
  }

  private void schema(JsonNode schema) {
    assertThat(schema.isObject()).isTrue();
    if (schema.has("type")) {
      assertThat(schema.get("type").asString()).isIn(TYPES);
      assertThat(schema.has("items")).isEqualTo(schema.get("type").asString().equals("array"));
    }
    if (schema.has("required")) {
      assertThat(schema.get("required").size()).isPositive();
    }
    if (schema.has("items")) {
      schema(schema.get("items"));
    }
    schema.path("properties").forEach(this::schema);
  }

  private void references(JsonNode node) {
    if (node.path("$ref").isString()) {
      var target = node.get("$ref").asString();
      assertThat(target).startsWith("#/");
      var parts = target.substring(2).split("/", 2);
      assertThat(document.path(parts[0]).has(parts[1])).as(target).isTrue();
    }
    node.forEach(this::references);
  }
}
