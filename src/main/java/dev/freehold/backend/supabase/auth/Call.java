package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/// One request to the auth server: its query and its JSON body, each field read with the type it
/// must have. A field of another type is refused as `bad_json`, as GoTrue refuses it.
final class Call {
  /// GoTrue's limit.
  static final int MAX_BODY_BYTES = 1_048_576;

  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private final Request request;
  private final Map<String, String> query;
  private @Nullable JsonNode body;

  Call(Request request) {
    this.request = request;
    this.query = parse(request.query());
  }

  Request request() {
    return request;
  }

  Device device() {
    return Device.of(request);
  }

  /// The first value of a query parameter; empty when it is absent.
  String query(String name) {
    return query.getOrDefault(name, "");
  }

  Map<String, String> query() {
    return query;
  }

  /// The fields of a form in the body.
  Map<String, String> form() {
    return parse(request.text());
  }

  /// The bearer token; empty when there is none.
  String bearer() {
    var header = request.header("Authorization").orElse("").strip();
    return header.regionMatches(true, 0, "Bearer ", 0, 7) ? header.substring(7).strip() : "";
  }

  boolean hasBody() {
    return request.body().length > 0;
  }

  boolean has(String field) {
    return body().has(field) && !body().get(field).isNull();
  }

  /// A text field; empty when it is absent.
  String text(String field) {
    if (!has(field)) {
      return "";
    }
    var value = body().get(field);
    if (!value.isString()) {
      throw badJson(field + " must be a string");
    }
    return value.asString();
  }

  boolean flag(String field, boolean otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    var value = body().get(field);
    if (!value.isBoolean()) {
      throw badJson(field + " must be a boolean");
    }
    return value.asBoolean();
  }

  /// An object field; empty when it is absent.
  Map<String, Object> object(String field) {
    if (!has(field)) {
      return new LinkedHashMap<>();
    }
    var value = body().get(field);
    if (!value.isObject()) {
      throw badJson(field + " must be an object");
    }
    return Json.mapper().convertValue(value, OBJECT);
  }

  /// A field of any kind, as JSON; `null` when it is absent.
  String json(String field) {
    return has(field) ? Json.write(body().get(field)) : "null";
  }

  /// A list of texts; null when it is absent.
  @Nullable List<String> texts(String field) {
    if (!has(field)) {
      return null;
    }
    var texts = new ArrayList<String>();
    for (var value : body().get(field)) {
      if (!value.isString()) {
        throw badJson(field + " must be a list of strings");
      }
      texts.add(value.asString());
    }
    if (!body().get(field).isArray()) {
      throw badJson(field + " must be a list of strings");
    }
    return texts;
  }

  /// How a PKCE flow begins; refuses half of one.
  FlowStates.Challenge challenge() {
    return new FlowStates.Challenge(text("code_challenge"), text("code_challenge_method"));
  }

  private JsonNode body() {
    var parsed = body;
    if (parsed == null) {
      parsed = parseBody();
      body = parsed;
    }
    return parsed;
  }

  private JsonNode parseBody() {
    if (request.body().length > MAX_BODY_BYTES) {
      throw AuthError.of(
          413,
          "request_entity_too_large",
          "Request body too large (max " + MAX_BODY_BYTES + " bytes)");
    }
    JsonNode parsed;
    try {
      parsed = Json.mapper().readTree(request.body());
    } catch (JacksonException e) {
      throw badJson(hasBody() ? "invalid JSON" : "unexpected end of JSON input");
    }
    if (parsed.isMissingNode()) {
      throw badJson("unexpected end of JSON input");
    }
    if (!parsed.isObject() && !parsed.isNull()) {
      throw badJson("the body must be an object");
    }
    if (request.text().contains("\\u0000")) {
      throw badJson("PostgreSQL stores no NUL character");
    }
    return parsed;
  }

  private static AuthError badJson(String why) {
    return AuthError.badRequest("bad_json", "Could not parse request body as JSON: " + why);
  }

  /// The first value of each name of a url-encoded text.
  static Map<String, String> parse(String query) {
    var values = new HashMap<String, String>();
    for (var pair : query.split("&")) {
      int equals = pair.indexOf('=');
      if (pair.isEmpty()) {
        continue;
      }
      var name = equals < 0 ? pair : pair.substring(0, equals);
      var value = equals < 0 ? "" : pair.substring(equals + 1);
      try {
        values.putIfAbsent(decode(name), decode(value));
      } catch (IllegalArgumentException e) {
        throw AuthError.validation("The query is not percent-encoded");
      }
    }
    return values;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
