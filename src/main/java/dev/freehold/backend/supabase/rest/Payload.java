package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// The rows a request brings, as JSON.
///
/// @param keys the keys every row has, in the order sent
record Payload(String json, boolean array, List<String> keys) {

  /// @throws RestFailure PGRST102
  static Payload of(ApiRequest request) {
    var http = request.http();
    return switch (request.contentType()) {
      case "text/csv" -> csv(http.text());
      case "application/x-www-form-urlencoded" -> {
        var names = new ArrayList<String>();
        var values = new ArrayList<String>();
        for (var field : QueryStrings.parameters(http.text())) {
          names.add(field.name());
          values.add(field.value());
        }
        yield new Payload(
            Json.object(names, values), false, List.copyOf(new LinkedHashSet<>(names)));
      }
      case "application/json",
          "application/vnd.pgrst.object+json",
          "application/vnd.pgrst.array+json",
          "application/vnd.pgrst.object",
          "application/vnd.pgrst.array" ->
          json(request);
      default ->
          throw Failures.invalidBody("Content-Type not acceptable: " + request.contentType());
    };
  }

  private static Payload json(ApiRequest request) {
    var http = request.http();
    if (request.query().columns().isPresent()) {
      var text = http.text();
      if (text.isBlank()) {
        throw Failures.invalidBody("Empty or invalid json");
      }
      return new Payload(text, text.stripLeading().startsWith("["), List.of());
    }
    var shape = Json.shape(http.body());
    var text = shape.array() && shape.rows() == 0 ? "[]" : http.text();
    return new Payload(text, shape.array(), List.copyOf(shape.keys()));
  }

  /// The first line names the columns; the literal NULL is null (RFC 4180 otherwise).
  private static Payload csv(String text) {
    var lines = new Csv(text).lines();
    if (lines.isEmpty()) {
      return new Payload("[]", true, List.of());
    }
    var names = lines.getFirst();
    var json = new StringBuilder("[");
    for (var line : lines.subList(1, lines.size())) {
      if (line.size() != names.size()) {
        throw Failures.invalidBody("All lines must have same number of fields");
      }
      json.append(json.length() == 1 ? "{" : ",{");
      for (int i = 0; i < names.size(); i++) {
        var value = line.get(i);
        json.append(i == 0 ? "" : ",").append(Json.quote(names.get(i))).append(':');
        json.append(value.equals("NULL") ? "null" : Json.quote(value));
      }
      json.append('}');
    }
    return new Payload(json.append(']').toString(), true, names);
  }
}
