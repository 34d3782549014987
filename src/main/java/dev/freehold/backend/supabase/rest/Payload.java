package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.MediaType.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// What a request brings in its body.
sealed interface Payload {

  /// One row or many, as JSON.
  ///
  /// @param keys the keys every row has, sorted; those of `columns` when there are such
  record Rows(String json, List<String> keys) implements Payload {
    private static final Rows NONE = new Rows("[]", List.of());

    /// One object rather than an array, as far as its first character says.
    boolean object() {
      for (int i = 0; i < json.length(); i++) {
        var c = json.charAt(i);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
          return c == '{';
        }
      }
      return false;
    }
  }

  /// The fields of a form, for a function's parameters.
  record Form(List<QueryString.Argument> fields) implements Payload {}

  /// The whole body, for a function's only parameter.
  @SuppressWarnings("ArrayRecordComponent")
  record Whole(byte[] body) implements Payload {}

  /// Rows to be written.
  ///
  /// @throws RestFailure PGRST102
  static Rows written(ApiRequest request) {
    return switch (request.contentType()) {
      case Named type when type.equals(Named.JSON) ->
          rows(request, request.method() != ApiRequest.Method.PUT);
      case Named type when type.equals(Named.CSV) -> csv(request.http().text());
      case Named type when type.equals(Named.FORM) -> {
        var names = new ArrayList<String>();
        var values = new ArrayList<String>();
        for (var field : QueryStrings.parameters(request.http().text())) {
          names.add(field.name());
          values.add(field.value());
        }
        yield new Rows(Json.object(names, values), sorted(names));
      }
      case MediaType type -> throw unacceptable(type);
    };
  }

  /// What a function is called with by POST.
  ///
  /// @throws RestFailure PGRST102
  static Payload called(ApiRequest request) {
    return switch (request.contentType()) {
      case Named type when type.equals(Named.JSON) ->
          request.http().body().length == 0 && request.query().columns().isEmpty()
              ? new Rows("", List.of())
              : rows(request, true);
      case Named type when type.equals(Named.CSV) -> csv(request.http().text());
      case Named type when type.equals(Named.FORM) ->
          new Form(QueryStrings.parameters(request.http().text()));
      case Named type
          when type.equals(Named.TEXT) || type.equals(Named.XML) || type.equals(Named.BYTES) ->
          new Whole(request.http().body());
      case MediaType type -> throw unacceptable(type);
    };
  }

  private static RestFailure unacceptable(MediaType type) {
    return Failures.invalidBody("Content-Type not acceptable: " + type.name());
  }

  /// @param chosen whether `columns` may say which keys count; the rest is PostgreSQL's to judge
  private static Rows rows(ApiRequest request, boolean chosen) {
    var http = request.http();
    var columns = request.query().columns();
    if (chosen && columns.isPresent()) {
      return new Rows(http.text(), sorted(columns.get()));
    }
    var shape = Json.shape(http.body());
    return shape.array() && shape.rows() == 0
        ? Rows.NONE
        : new Rows(http.text(), sorted(shape.keys()));
  }

  private static List<String> sorted(Iterable<String> names) {
    var set = new TreeSet<String>();
    names.forEach(set::add);
    return List.copyOf(set);
  }

  /// The first line names the columns; the literal NULL is null (RFC 4180 otherwise). Lines may all
  /// be shorter than the first one; what is longer is cut.
  private static Rows csv(String text) {
    var lines = new Csv(text).lines();
    if (lines.isEmpty()) {
      throw Failures.invalidBody("parse error (not enough input) at \"\"");
    }
    if (lines.size() == 1) {
      return Rows.NONE;
    }
    var names = lines.getFirst();
    int width = Math.min(names.size(), lines.get(1).size());
    var json = new StringBuilder("[");
    for (var line : lines.subList(1, lines.size())) {
      if (Math.min(names.size(), line.size()) != width) {
        throw Failures.invalidBody("All lines must have same number of fields");
      }
      json.append(json.length() == 1 ? "{" : ",{");
      for (int i = 0; i < width; i++) {
        var value = line.get(i);
        json.append(i == 0 ? "" : ",").append(Json.quote(names.get(i))).append(':');
        json.append(value.equals("NULL") ? "null" : Json.quote(value));
      }
      json.append('}');
    }
    return new Rows(json.append(']').toString(), sorted(names.subList(0, width)));
  }
}
