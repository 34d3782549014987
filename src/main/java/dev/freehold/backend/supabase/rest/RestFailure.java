package dev.freehold.backend.supabase.rest;

import dev.freehold.http.Headers;
import dev.freehold.http.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request that ends in an error answer, in PostgREST's words. Thrown where it is noticed, turned
/// into the answer by [RestServer] alone.
final class RestFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final String words;
  private final @Nullable String detailsJson;
  private final @Nullable String hint;
  private final transient List<Headers.Field> headers;

  private RestFailure(
      int status,
      String code,
      String words,
      @Nullable String detailsJson,
      @Nullable String hint,
      List<Headers.Field> headers) {
    super(code + ": " + words, null, false, false);
    this.status = status;
    this.code = code;
    this.words = words;
    this.detailsJson = detailsJson;
    this.hint = hint;
    this.headers = headers;
  }

  static RestFailure of(int status, String code, String message) {
    return new RestFailure(status, code, message, null, null, List.of());
  }

  RestFailure details(@Nullable String text) {
    return detailsJson(text == null ? null : Json.quote(text));
  }

  /// Details that are JSON already.
  RestFailure detailsJson(@Nullable String json) {
    return new RestFailure(status, code, words, json, hint, headers);
  }

  RestFailure hint(@Nullable String text) {
    return new RestFailure(status, code, words, detailsJson, text, headers);
  }

  RestFailure headers(List<Headers.Field> more) {
    return new RestFailure(status, code, words, detailsJson, hint, List.copyOf(more));
  }

  RestFailure header(String name, String value) {
    return headers(List.of(new Headers.Field(name, value)));
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  /// What says what went wrong.
  String body() {
    return "{\"code\":"
        + Json.quote(code)
        + ",\"details\":"
        + (detailsJson == null ? "null" : detailsJson)
        + ",\"hint\":"
        + (hint == null ? "null" : Json.quote(hint))
        + ",\"message\":"
        + Json.quote(words)
        + "}";
  }

  /// The answer; a HEAD gets it without the body.
  Response response() {
    var answer = Response.json(status, body());
    for (var field : headers) {
      answer = answer.withHeaders(answer.headers().replacing(field.name(), field.value()));
    }
    return answer.with("Proxy-Status", "PostgREST; error=" + code);
  }
}
