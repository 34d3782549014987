package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// Answers in storage-api's form.
final class Answers {
  private static final String JSON = "application/json; charset=utf-8";

  private Answers() {}

  static Response json(Object value) {
    return json(200, value);
  }

  static Response json(int status, Object value) {
    var bytes = Json.write(value).getBytes(StandardCharsets.UTF_8);
    return new Response(status, Headers.of("Content-Type", JSON), new Body.Bytes(bytes));
  }

  static Response message(String text) {
    return json(Map.of("message", text));
  }

  /// HTTP 400 with the status inside, but for a few (reference 6.3).
  static Response error(StorageError error, Request request) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("statusCode", Integer.toString(error.status()));
    fields.put("error", error.error());
    fields.put("message", error.text());
    fields.put("code", error.code());
    var answer = json(error.httpStatus(), fields);
    boolean cacheable = request.method().equals("GET") || request.method().equals("HEAD");
    return cacheable && error.status() == 404 && error.error().equals("Not found")
        ? answer.with("Cache-Control", "no-store")
        : answer;
  }
}
