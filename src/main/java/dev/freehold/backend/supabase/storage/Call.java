package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// One request on a route: the parts of its path, its query, its JSON body, and under whose role it
/// runs. A field of another type than its schema's is refused in the words of upstream's validator.
final class Call {
  /// Upstream's limit for bodies that are JSON.
  static final int MAX_JSON_BYTES = 1 << 20;

  private final Request request;
  private final Map<String, String> path;
  private final Map<String, String> query;
  private final Scope scope;
  private final boolean authenticated;
  private @Nullable JsonNode body;

  /// @param path what the route's template named, decoded; `*` for the rest
  /// @param authenticated whether the caller's token was good
  Call(Request request, Map<String, String> path, Scope scope, boolean authenticated) {
    this.request = request;
    this.path = path;
    this.query = parse(request.query());
    this.scope = scope;
    this.authenticated = authenticated;
  }

  Request request() {
    return request;
  }

  Scope scope() {
    return scope;
  }

  boolean authenticated() {
    return authenticated;
  }

  Optional<String> header(String name) {
    return request.header(name);
  }

  boolean upsert() {
    return header("x-upsert").orElse("").equals("true");
  }

  /// The bucket the path names.
  String bucket() {
    return path.getOrDefault("bucket", "");
  }

  /// The object the path names.
  String object() {
    return path.getOrDefault("*", "");
  }

  /// A query parameter; null when it is absent.
  @Nullable String query(String name) {
    return query.get(name);
  }

  Map<String, String> query() {
    return query;
  }

  /// A query parameter that must be there.
  String required(String name) {
    var value = query.get(name);
    if (value == null) {
      throw StorageError.schema("querystring must have required property '" + name + "'");
    }
    return value;
  }

  /// A whole number in the query.
  @Nullable Long number(String name, long least) {
    var text = query.get(name);
    if (text == null) {
      return null;
    }
    if (!text.matches("-?[0-9]{1,15}")) {
      throw StorageError.schema("querystring/" + name + " must be integer");
    }
    long value = Long.parseLong(text);
    if (value < least) {
      throw StorageError.schema("querystring/" + name + " must be >= " + least);
    }
    return value;
  }

  /// The JSON object in the body.
  JsonNode body() {
    var parsed = body;
    if (parsed == null) {
      parsed = parseBody();
      body = parsed;
    }
    return parsed;
  }

  private JsonNode parseBody() {
    var bytes = request.body();
    if (bytes.length > MAX_JSON_BYTES) {
      throw StorageError.tooLarge();
    }
    if (bytes.length == 0) {
      throw StorageError.schema("body must be object");
    }
    JsonNode parsed;
    try {
      parsed = Json.mapper().readTree(bytes);
    } catch (JacksonException e) {
      throw StorageError.schema(
          "Body is not valid JSON but content-type is set to" + " 'application/json'");
    }
    if (!parsed.isObject()) {
      throw StorageError.schema("body must be object");
    }
    return parsed;
  }

  boolean has(String field) {
    return body().has(field);
  }

  /// A text that must be there.
  String text(String field) {
    return optionalText(field)
        .orElseThrow(() -> StorageError.schema("body must have required property '" + field + "'"));
  }

  Optional<String> optionalText(String field) {
    var value = body().get(field);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (value.isObject() || value.isArray()) {
      throw StorageError.schema("body/" + field + " must be string");
    }
    return Optional.of(value.asString());
  }

  boolean flag(String field, boolean otherwise) {
    var value = body().get(field);
    if (value == null || value.isNull()) {
      return otherwise;
    }
    var text = value.asString("");
    if (value.isBoolean() || text.equals("true") || text.equals("false")) {
      return value.isBoolean() ? value.asBoolean() : text.equals("true");
    }
    throw StorageError.schema("body/" + field + " must be boolean");
  }

  /// A whole number; empty when it is absent.
  Optional<Long> wholeNumber(String field, long least) {
    var value = body().get(field);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    var text = value.asString("");
    if (!text.matches("-?[0-9]{1,15}")) {
      throw StorageError.schema("body/" + field + " must be integer");
    }
    long number = Long.parseLong(text);
    if (number < least) {
      throw StorageError.schema("body/" + field + " must be >= " + least);
    }
    return Optional.of(number);
  }

  /// A list of texts, at least one.
  List<String> texts(String field) {
    var value = body().get(field);
    if (value == null) {
      throw StorageError.schema("body must have required property '" + field + "'");
    }
    if (!value.isArray()) {
      throw StorageError.schema("body/" + field + " must be array");
    }
    if (value.isEmpty()) {
      throw StorageError.schema("body/" + field + " must NOT have fewer than 1 items");
    }
    return value.valueStream().map(item -> item.asString("")).toList();
  }

  /// An object inside the body; empty when it is absent.
  Map<String, String> object(String field) {
    var value = body().get(field);
    var texts = new LinkedHashMap<String, String>();
    if (value == null || value.isNull()) {
      return texts;
    }
    if (!value.isObject()) {
      throw StorageError.schema("body/" + field + " must be object");
    }
    value
        .properties()
        .forEach(entry -> {
          if (!entry.getValue().isNull()) {
            texts.put(entry.getKey(), entry.getValue().asString(""));
          }
        });
    return texts;
  }

  /// The first value of each name of a url-encoded text; a name alone has the empty value.
  static Map<String, String> parse(String query) {
    var values = new HashMap<String, String>();
    for (var pair : query.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      var name = equals < 0 ? pair : pair.substring(0, equals);
      var value = equals < 0 ? "" : pair.substring(equals + 1);
      values.putIfAbsent(decodeForm(name), decodeForm(value));
    }
    return values;
  }

  private static String decodeForm(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
